/** Code that the readers of JSON profiles share. */
package org.vmi4j.profiles.json;
