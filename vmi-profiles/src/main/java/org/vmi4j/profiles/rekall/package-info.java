/**
 * Rekall's JSON profiles. The sections {@code $STRUCTS}, {@code $ENUMS}, {@code $CONSTANTS} and
 * {@code $FUNCTIONS} are read as the files in Rekall's profile repository have them.
 */
package org.vmi4j.profiles.rekall;
