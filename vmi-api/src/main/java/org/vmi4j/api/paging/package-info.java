/** Virtual memory: page tables of x86 and Arm, walked by one table-driven engine. */
package org.vmi4j.api.paging;
