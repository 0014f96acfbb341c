/** Virtual processors and their registers. */
package org.vmi4j.api.cpu;
