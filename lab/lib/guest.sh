# shellcheck shell=bash
# The user space of a guest: busybox, the program that tests look into, and its witness.

guest_modules='bridge tun dummy loop overlay'
guest_sources=$lab/guest

# guest_compiler ARCHITECTURE: the C compiler for a guest, as COMMAND:PACKAGES.
guest_compiler() {
  case $1 in
  amd64) echo 'gcc:gcc libc6-dev' ;;
  i386) echo 'i686-linux-gnu-gcc:gcc-i686-linux-gnu libc6-dev-i386-cross' ;;
  arm64) echo 'aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu libc6-dev-arm64-cross' ;;
  armhf) echo 'arm-linux-gnueabihf-gcc:gcc-arm-linux-gnueabihf libc6-dev-armhf-cross' ;;
  *) die "no guests of the architecture $1" ;;
  esac
}

# guest_root COMPILER MODULE...: makes ./root of ./kernel and ./busybox, with modules to load at start.
guest_root() {
  local compiler=$1 lib release file
  shift
  lib=$(modules_folder)
  release=$(ls "$lib/modules")
  mkdir -p root/bin root/data "root/lib/modules/$release"
  install -D "$(find busybox -path '*bin/busybox' -type f)" root/bin/busybox
  "$compiler" -Os -static -s -pthread -Wall -Werror -o root/target "$guest_sources"/*.c
  ln -s target root/witness
  ln -s target root/tell
  install -m 755 "$guest_sources/init" "$guest_sources/live" root/
  printf '%s\n' "$@" >root/modules
  for file in $(module_files "$@"); do
    install -D "$file" "root${file#"$PWD/depmod"}"
  done
  find root -name '*.ko.xz' -exec xz -d {} +
  cp "$lib/modules/$release"/modules.{order,builtin,builtin.modinfo} "root/lib/modules/$release/"
  PATH=$PATH:/sbin depmod -b root "$release"
}

# split_truth FILE FOLDER: cuts what a witness printed into a file for each section.
split_truth() {
  local out=$2
  mkdir -p "$out"
  tr -d '\r' <"$1" |
    awk -v out="$out" '/^@@@ /{close(file); file=out "/" $2 ".txt"; printf "" >file; next} file {print >file}'
  sed -e 1d -e '/^====/d' "$out/kallsyms.txt" | base64 -d | gzip -dc | sort | gzip -9nc >"$out/kallsyms.txt.gz"
  rm "$out/kallsyms.txt" "$out/end.txt"
}
