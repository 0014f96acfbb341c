/**
 * Types and symbols of a guest's kernel. A {@link org.vmi4j.profiles.Profile} comes from a file
 * (Rekall JSON, Volatility ISF) or from the guest's own memory (BTF, kallsyms); a {@link
 * org.vmi4j.profiles.Binder} takes from it what a program needs.
 */
package org.vmi4j.profiles;
