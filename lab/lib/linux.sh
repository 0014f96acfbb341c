# shellcheck shell=bash
# Linux from its packages: kernels, unpacked, and initramfs archives with a choice of modules.

# dependencies PACKAGE PATTERN: what a package depends on, as far as its name begins like that.
dependencies() { apt-cache depends "$1" | sed -n "s/^ *Depends: \($2.*\)/\1/p"; }

# kernel_packages NAME: the real packages behind a name such as linux-image-amd64. From Linux 7.2 on that
# is an empty one that depends on linux-binary-*, linux-modules-* and linux-base-*.
kernel_packages() {
  local image
  image=$(dependencies "$1" 'linux-image-[0-9]' | head -n 1)
  [ -n "$image" ] || die "no kernel behind $1 in the archive"
  echo "$image"
  dependencies "$image" 'linux-\(base\|binary\|modules\)-[0-9]'
}

# fetch_kernel PACKAGE: unpacks a kernel to ./kernel and a static busybox to ./busybox.
fetch_kernel() {
  local packages archive
  packages=$(kernel_packages "$1")
  # shellcheck disable=SC2086 # a list
  say "  kernel" $packages
  # shellcheck disable=SC2086 # a list
  apt-get -qq download $packages busybox-static
  for archive in linux-*.deb; do
    dpkg-deb -x "$archive" kernel
  done
  dpkg-deb -x busybox-static_*.deb busybox
  rm ./*.deb
}

# kernel_file FOLDER: the compressed kernel in an unpacked package, which is in /boot or, from Linux 7.2
# on, with the modules.
kernel_file() { find "$1" -type f \( -name vmlinuz -o -name 'vmlinuz-*' \); }

modules_folder() {
  if [ -d kernel/lib/modules ]; then
    echo kernel/lib
  else
    echo kernel/usr/lib
  fi
}

# module_files MODULE...: the files of modules and of what they depend on, in the order to load them,
# under ./depmod.
module_files() {
  local lib release module
  lib=$(modules_folder)
  release=$(ls "$lib/modules")
  if [ ! -d depmod ]; then
    mkdir -p depmod/lib/modules
    cp -a "$lib/modules/$release" depmod/lib/modules/
    PATH=$PATH:/sbin depmod -b depmod "$release"
  fi
  for module; do
    PATH=$PATH:/sbin modprobe -d "$PWD/depmod" -S "$release" --show-depends "$module" |
      sed -n 's/^insmod \([^ ]*\).*/\1/p'
  done | awk '!seen[$0]++'
}

# unpack_kernel VMLINUZ: the uncompressed kernel in it, on standard output. What is compressed has to
# be decompressed by an emulated processor, at every boot. See Documentation/arch/x86/boot.rst.
unpack_kernel() {
  local setup offset length
  if [ "$(dd if="$1" bs=1 skip=514 count=4 status=none)" != HdrS ]; then
    cat "$1"
    return
  fi
  setup=$(od -An -tu1 -j497 -N1 "$1")
  offset=$(od -An -tu4 -j584 -N4 "$1")
  length=$(od -An -tu4 -j588 -N4 "$1")
  dd if="$1" of=payload bs=64K iflag=skip_bytes,count_bytes skip=$(((setup + 1) * 512 + offset)) count=$((length)) status=none
  # But for gzip, which has it of its own, the size follows in four bytes.
  case $(od -An -tx1 -N4 payload | tr -d ' ') in
  fd377a58) head -c -4 payload | xz -dc ;;
  28b52ffd) head -c -4 payload | zstd -qdc ;;
  02214c18) head -c -4 payload | lz4 -qdc ;;
  1f8b*) gzip -dc payload ;;
  *) die "the kernel in $1 is compressed in a way that is not known here" ;;
  esac
  rm payload
}

# archive_root FOLDER: an initramfs of a folder, on standard output.
archive_root() { (cd "$1" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --quiet); }
