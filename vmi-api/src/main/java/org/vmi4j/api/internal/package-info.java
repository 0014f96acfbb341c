/** Parts of this module that callers cannot use safely; not exported. */
package org.vmi4j.api.internal;
