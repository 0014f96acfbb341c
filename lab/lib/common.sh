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

# The sum by which things in the cache are told apart.
sum() { cat "$@" | sha256sum | cut -c1-12; }
