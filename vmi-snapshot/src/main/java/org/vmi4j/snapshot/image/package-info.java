/** What every format of images is read with. */
package org.vmi4j.snapshot.image;
