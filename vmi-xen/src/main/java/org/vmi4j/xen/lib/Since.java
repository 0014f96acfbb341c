package org.vmi4j.xen.lib;

import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/** The first release of Xen whose libraries have a function, for the error when it is missing. */
@Retention(RUNTIME)
@Target(METHOD)
@interface Since {
  /** The release, as in {@code "4.12"}. */
  String value();
}
