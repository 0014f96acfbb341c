package org.vmi4j.profiles.export;

import static java.util.Map.entry;

import java.util.Map;
import java.util.Optional;
import org.vmi4j.profiles.PointerType;
import org.vmi4j.profiles.Profile;
import org.vmi4j.profiles.Type;

/**
 * The types of Linux's variables. Volatility reads the variables below by the type of their symbol,
 * and a kernel's BTF usually describes its per-CPU variables only.
 */
final class KernelVariables {
  /** As declared in every version of Linux that has the variable. */
  private static final Map<String, String> DECLARED =
      Map.ofEntries(
          // init/init_task.c
          entry("init_task", "struct task_struct"),
          // kernel/module/main.c, kernel/params.c
          entry("modules", "struct list_head"),
          entry("module_kset", "struct kset *"),
          // net/core/net_namespace.c
          entry("net_namespace_list", "struct list_head"),
          // drivers/tty/tty_io.c, drivers/tty/vt/keyboard.c
          entry("tty_drivers", "struct list_head"),
          entry("keyboard_notifier_list", "struct atomic_notifier_head"),
          // kernel/bpf/syscall.c
          entry("prog_idr", "struct idr"),
          // kernel/printk/printk.c: the ring buffer since 5.10, and the records before it
          entry("prb", "struct printk_ringbuffer *"),
          entry("log_buf", "char *"),
          entry("log_buf_len", "unsigned int"),
          entry("log_first_idx", "unsigned int"),
          entry("log_next_idx", "unsigned int"),
          // kernel/sysctl.c
          entry("cap_last_cap", "int"),
          // arch/x86/kernel/head64.c
          entry("vmemmap_base", "long unsigned int"));

  private KernelVariables() {}

  /** Returns the type of a variable, if it is known and the profile has that type. */
  static Optional<Type> type(String variable, Profile profile) {
    Optional<Type> described = profile.types().variable(variable);
    String declared = DECLARED.get(variable);
    return described.isPresent() || declared == null ? described : resolve(declared, profile);
  }

  private static Optional<Type> resolve(String declared, Profile profile) {
    String target = declared.replace(" *", "");
    Optional<Type> type = profile.types().named(target);
    return declared.equals(target)
        ? type
        : type.map(found -> new PointerType(profile.pointerSize(), () -> found));
  }
}
