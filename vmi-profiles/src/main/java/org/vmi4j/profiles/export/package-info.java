/** Writing profiles as Volatility ISF and as Rekall JSON. */
package org.vmi4j.profiles.export;
