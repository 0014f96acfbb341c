# shellcheck shell=bash
# What takes long to make is a part: made once, in a folder of the cache that is named after the
# part and the digest of its recipe, and found there the next time. A part is made aside and moved into
# place when it is whole, so that a maker that is killed leaves nothing behind that looks like one.

parts=$cache/parts

# recipe WORD...: the digest of words, of files and of functions by their text.
recipe() {
  local word
  for word; do
    if declare -F "$word" >/dev/null; then
      declare -f "$word"
    elif [ -f "$word" ]; then
      cat "$word"
    else
      echo "$word"
    fi
  done | digest -
}

# part NAME DIGEST FUNCTION [ARGUMENT...]: makes the part, unless it is there, by calling the function
# in an empty folder to fill. Sets $part to the folder.
part() {
  local name=$1 recipe=$2 log start=$SECONDS next=10
  shift 2
  part=$parts/$name-$recipe
  [ -d "$part" ] && return
  mkdir -p "$parts"
  exec 8>"$parts/.lock"
  flock 8
  if [ -d "$part" ]; then
    exec 8>&-
    return
  fi
  stop_orphan
  making=$(mktemp -d "$parts/.work-XXXXXX")
  log=$parts/$name.log
  # A process group of its own, to be ended whole.
  set -m
  (cd "$making" && "$@") </dev/null >"$log" 2>&1 7>&- 8>&- &
  maker=$!
  set +m
  echo $maker >"$parts/.maker"
  while kill -0 $maker 2>/dev/null; do
    if [ -t 2 ]; then
      printf '\r  %s: %d s \r' "$name" $((SECONDS - start)) >&2
    elif [ $((SECONDS - start)) -ge $next ]; then
      say "  $name: $((SECONDS - start)) s so far; its log is $log"
      next=$((SECONDS - start + 60))
    fi
    sleep 0.5
  done
  if ! wait $maker; then
    tail -n 15 "$log" >&2
    die "could not make $name; the whole log is $log"
  fi
  maker=
  # Older ones of this name are of no use to this version of the lab.
  rm -rf "$parts/$name"-????????????
  mv "$making" "$part"
  making=
  exec 8>&-
  say "  $name: made in $((SECONDS - start)) s"
}

# Ends and removes what a lab/xen that was killed has left: who holds the lock is the only one at work.
stop_orphan() {
  local orphan
  orphan=$(cat "$parts/.maker" 2>/dev/null || true)
  # Not just any process of that number: one in such a folder.
  while [[ $(readlink "/proc/$orphan/cwd" 2>/dev/null) == */.work-* ]]; do
    kill -9 -- "-$orphan" 2>/dev/null || true
    sleep 0.1
  done
  rm -rf "$parts"/.work-* "$parts/.maker"
}

stop_making() {
  if [ -n "${maker:-}" ]; then
    kill -- "-$maker" 2>/dev/null || true
    wait "$maker" 2>/dev/null || true
  fi
  if [ -n "${making:-}" ]; then
    rm -rf "$making"
  fi
}
