# shellcheck shell=bash
# A machine: an emulator that runs Xen, from its start to its end. What belongs to a running one is in
# $runs/NAME, and gone when it is stopped.

machines=$(basename -a -s .sh "$lab"/machines/*.sh)
runs=$cache/run

names_of_machines() { tr '\n' ' ' <<<"$machines" | sed 's/ $//'; }

# load NAME: the recipe of a machine.
load() {
  machine=$1
  [ -f "$lab/machines/$machine.sh" ] || die "no machine \"$machine\"; there are: $(names_of_machines)"
  . "$lab/machines/$machine.sh"
  run=$runs/$machine
}

is_running() {
  local pid
  pid=$(cat "$runs/$1/pid" 2>/dev/null) || return 1
  # Not just any process of that number: one that was started in that folder.
  [ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" = "$(readlink -f "$runs/$1")" ]
}

# is_crashed NAME: whether Xen or dom0 has come to its end; the emulator runs on.
is_crashed() { grep -qaE 'Kernel panic|Dom0 crashed|Panic on CPU' "$runs/$1/console.log" 2>/dev/null; }

is_up() { is_running "$1" && [ -e "$runs/$1/ready" ] && ! is_crashed "$1"; }

# choose [NAME]: the machine that a command is for, which must be up.
choose() {
  local one up=()
  if [ -n "$1" ]; then
    load "$1"
    ! is_crashed "$1" || die "$1 has crashed; its console is $run/console.log; run: lab/xen down $1"
    is_up "$1" || die "$1 is not up; run: lab/xen up $1"
    return
  fi
  for one in $machines; do
    if is_up "$one"; then
      up+=("$one")
    fi
  done
  case ${#up[@]} in
  0) die "no machine is up; run: lab/xen up intel" ;;
  1) load "${up[0]}" ;;
  *) die "several machines are up (${up[*]}); say which with -m" ;;
  esac
}

# in_dom0 COMMAND: runs a shell command there. Connections share one, which stays for a while:
# an emulated processor takes its time to agree on keys.
in_dom0() {
  # shellcheck disable=SC2086 # an option or none
  ssh -F /dev/null -o LogLevel=ERROR ${terminal:-} -i "$run/key" -p "$(cat "$run/port")" -o IdentitiesOnly=yes -o BatchMode=yes \
    -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ConnectTimeout="$patience" -o ControlMaster=auto \
    -o ControlPath="$run/ssh" -o ControlPersist=600 root@127.0.0.1 "$1"
}

# push FILE FOLDER: copies a file or folder into a folder of dom0.
push() {
  local to
  to=$(quote "$2")
  tar -C "$(dirname "$1")" -cf - "./$(basename "$1")" | in_dom0 "mkdir -p $to && tar -C $to -xf -"
}

# pull FILE FOLDER: copies a file or folder of dom0 into a folder here.
pull() {
  mkdir -p "$2"
  in_dom0 "tar -C $(quote "$(dirname "$1")") -cf - $(quote "./$(basename "$1")")" |
    tar -C "$2" --warning=no-timestamp -xf -
}

quote() { printf "'%s'" "${1//\'/\'\\\'\'}"; }

vmi=$lab/../vmi-shell/target/vmi-shell/lib
is_vmi_built() { compgen -G "$vmi/vmi-shell-[0-9]*.jar" >/dev/null; }

# Puts vmi as it is built into dom0, in place of what was there.
install_vmi() {
  local start=$SECONDS
  in_dom0 "rm -rf /opt/vmi /opt/lib"
  push "$vmi" /opt
  in_dom0 "mv /opt/lib /opt/vmi"
  say "  vmi installed in $((SECONDS - start)) s"
}

# listens PID PORT: whether a process listens on a port of 127.0.0.1.
listens() {
  local socket
  socket=$(awk -v local="$(printf '0100007F:%04X' "$2")" '$2 == local && $4 == "0A" { print $10 }' /proc/net/tcp)
  [ -n "$socket" ] && [ -n "$(find "/proc/$1/fd" -lname "socket:\\[$socket\\]" 2>/dev/null)" ]
}

# Starts the emulator, which takes a port for ssh. When somebody else has that one, another is tried.
start_emulator() {
  local deadline tries
  for tries in {1..5}; do
    port=$((20000 + RANDOM % 20000))
    : >"$run/console.log"
    (
      cd "$run" || exit
      export TMPDIR=$run
      machine_start
    ) </dev/null >"$run/emulator.log" 2>&1 7>&- 8>&- &
    echo "$port" >"$run/port"
    echo $! >"$run/pid"
    deadline=$((SECONDS + 60))
    while kill -0 $! 2>/dev/null && [ $SECONDS -lt $deadline ]; do
      if listens $! "$port"; then
        progress $!
        return
      fi
      sleep 0.2
    done
    end_emulator "$machine"
  done
  die "the emulator does not start, or finds no free port for ssh; its log is $(keep_log)"
}

machine_build() {
  load "$1"
  need ssh:openssh-client xz:xz-utils zstd:zstd lz4:lz4 cpio:cpio mke2fs:e2fsprogs depmod:kmod dpkg-deb:dpkg flock:util-linux
  machine_needs
  trap stop_making EXIT
  trap 'exit 130' INT TERM
  make_parts
  machine_parts
}

machine_up() {
  local start=$SECONDS
  load "$1"
  if is_up "$1"; then
    say "$1 is up already"
    return
  fi
  mkdir -p "$runs"
  exec 7>"$runs/.lock-$1"
  flock -n 7 || {
    say "waiting for another lab/xen that brings $1 up"
    flock 7
  }
  if is_up "$1"; then
    say "$1 is up already"
    return
  fi
  if is_running "$1" && ! has_failed; then
    say "$1 was starting: waiting on for it"
    trap 'exit 130' INT TERM
    trap 'stop "$machine"' EXIT
    progress "$(cat "$run/pid")"
  else
    machine_build "$1"
    stop "$1"
    trap 'stop_making; stop "$machine"' EXIT
    mkdir -p "$run"
    install -m 600 "$key/key" "$run/key"
    say "starting $1"
    start_emulator
  fi
  await_console "$start"
  in_dom0 true || die "dom0 does not answer; its console is $(keep_log)"
  if is_vmi_built; then
    install_vmi
  else
    say "  vmi is not built, and not in dom0; once it is: lab/xen install"
  fi
  touch "$run/ready"
  trap - EXIT
  say "$1 is up after $((SECONDS - start)) s"
}

# Whether dom0 says that it failed, or cannot any more.
has_failed() { is_crashed "$machine" || grep -qa '^lab: failed' "$run/console.log" 2>/dev/null; }

# Repeats what dom0 says of its progress until it is ready.
await_console() {
  local seen=0 line last="the emulator started" pid
  pid=$(cat "$run/pid")
  until grep -qa '^lab: ready' "$run/console.log" 2>/dev/null; do
    sleep 0.5
    while read -r line; do
      seen=$((seen + 1))
      say "  $((SECONDS - $1)) s: $line"
      last=$line
      progress "$pid"
    done < <(tr -d '\r' <"$run/console.log" 2>/dev/null | sed -n 's/^lab: //p' | tail -n +$((seen + 1)))
    is_running "$machine" || die "the emulator ended; its log is $(keep_log)"
    if has_failed; then
      sleep 1
      die "it failed; its console is $(keep_log)"
    fi
    if stands_still "$pid"; then
      trap - EXIT
      say "$machine has not got further in $patience s; the last step was: $last"
      die "it is left as it is, with its console in $run/console.log; \"VMI4J_LAB_TIMEOUT=$((patience * 2)) lab/xen up $machine\" waits on, \"lab/xen down $machine\" ends it"
    fi
  done
}

# Saves the logs of a machine that fails from what removes them.
keep_log() {
  mkdir -p "$cache/failed"
  cat "$run/emulator.log" "$run/console.log" >"$cache/failed/$machine.log" 2>/dev/null || true
  echo "$cache/failed/$machine.log"
}

# end_emulator NAME: ends the emulator of a machine.
end_emulator() {
  local pid waited=0
  if is_running "$1"; then
    pid=$(cat "$runs/$1/pid")
    kill "$pid"
    while kill -0 "$pid" 2>/dev/null && [ $waited -lt 50 ]; do
      sleep 0.1
      waited=$((waited + 1))
    done
    kill -9 "$pid" 2>/dev/null || true
  fi
}

# stop NAME: ends a machine and removes what it leaves.
stop() {
  if [ -S "$runs/$1/ssh" ]; then
    ssh -q -o ControlPath="$runs/$1/ssh" -O exit root@127.0.0.1 2>/dev/null || true
  fi
  end_emulator "$1"
  rm -rf "${runs:?}/$1"
}

machine_down() {
  local one
  for one in ${1:-$machines}; do
    load "$one"
    if [ -d "$run" ]; then
      stop "$one"
      say "$one is down"
    elif [ -n "$1" ]; then
      say "$one is not up"
    fi
  done
}

machine_status() {
  local one state
  for one in $machines; do
    state='not built'
    if ls -d "$parts/disk-$one"-* >/dev/null 2>&1; then
      state=down
    fi
    if is_running "$one" && is_crashed "$one"; then
      state="crashed; its console is $runs/$one/console.log"
    elif is_up "$one"; then
      state="up, ssh on port $(cat "$runs/$one/port")"
    elif is_running "$one"; then
      state=starting
    fi
    printf '%-8s%s\n' "$one" "$state"
  done
}
