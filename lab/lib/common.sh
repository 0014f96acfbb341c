# shellcheck shell=bash
# What every script of the lab uses: how it speaks, and where it keeps things.

cache=${XDG_CACHE_HOME:-$HOME/.cache}/vmi4j

say() { printf '%s\n' "$*" >&2; }

die() {
  say "${0##*/lab/}: $*"
  exit 1
}

# need COMMAND:PACKAGES...: ends with the packages to install when commands are missing,
# or installs them when VMI4J_INSTALL is set, as root: on a machine of CI.
need() {
  local pair missing=()
  for pair; do
    command -v "${pair%%:*}" >/dev/null || [ -e "/usr/sbin/${pair%%:*}" ] || [ -e "${pair%%:*}" ] || missing+=("${pair#*:}")
  done
  [ ${#missing[@]} -eq 0 ] && return
  if [ -n "${VMI4J_INSTALL:-}" ] && [ "$(id -u)" = 0 ]; then
    say "installing ${missing[*]}"
    apt-get -qq update
    # shellcheck disable=SC2048,SC2086 # a pair may name several packages
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends ${missing[*]} >/dev/null
    return
  fi
  die "missing packages; run: apt-get install ${missing[*]}"
}

# The digest by which things in the cache are told apart.
digest() { cat "$@" | sha256sum | cut -c1-12; }

# How many seconds an emulator may stand still. A loaded host makes it slow, which is no reason to give up:
# time in which it waits for a processor does not count, and every sign of progress starts anew.
patience=${VMI4J_LAB_TIMEOUT:-300}

# starved PID: the seconds for which a process, or that thread of it that did so longest, has waited for a
# processor (Documentation/scheduler/sched-stats.rst of Linux).
starved() {
  { cat /proc/"$1"/task/*/schedstat 2>/dev/null || true; } | awk '$2 > most { most = $2 } END { printf "%d\n", most / 1e9 }'
}

# progress PID: notes that a process has got further.
progress() { since=$((SECONDS - $(starved "$1"))); }

# stands_still PID: whether it has not got further for as long as it may.
stands_still() { [ $((SECONDS - $(starved "$1") - since)) -ge "$patience" ]; }
