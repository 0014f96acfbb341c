# shellcheck shell=bash
# The parts that dom0 is made of: packages, kernel and initramfs, guests, and the disk with all of them.

dom0_packages='libc6 libgcc-s1 busybox-static kmod dropbear-bin xenstore-utils libxen-dev openjdk-17-jre-headless'
xen_modules='xen-evtchn xen-gntdev xen-gntalloc xen-privcmd xenfs'

# Packages of dom0, unpacked; the kernel and the hypervisor beside them.
make_packages() {
  own_apt "$suite" "$arch" "$PWD/apt"
  local kernel package
  kernel=$(kernel_packages "$dom0_kernel")
  mkdir packages
  # shellcheck disable=SC2086 # a list
  unpack_with_dependencies packages $dom0_packages "xen-utils-$xen" "xen-hypervisor-$xen-$arch" $kernel
  mkdir -p kernel/lib
  mv packages/boot kernel/
  mv packages/lib/modules kernel/lib/
  rm -rf apt packages/usr/share/{doc,man,locale,fonts,info,icons} packages/usr/lib/debug packages/usr/lib/xen
  ln -s "xen-$xen" packages/usr/lib/xen
  for package in packages/usr/lib/jvm/java-17-openjdk-*/bin/java; do
    ln -s "${package#packages}" packages/usr/bin/java
  done
}

make_boot() {
  local file
  ln -s "$packages/kernel" kernel
  mkdir -p root/bin
  cp "$packages/packages/bin/busybox" root/bin/
  install -m 755 "$lab/dom0/boot" root/init
  echo "$disk" >root/disk
  # shellcheck disable=SC2086 # a list
  for file in $(module_files $dom0_modules $xen_modules); do
    cp "$file" root/
    basename "$file" | sed 's|^|/|'
  done >root/modules
  archive_root root >initramfs
  unpack_kernel "$(kernel_file "$packages/kernel")" >kernel.unpacked
  rm -rf root depmod kernel
  mv kernel.unpacked kernel
}

make_guests() {
  local compiler
  own_apt "$suite" "$arch" "$PWD/apt"
  compiler=$(guest_compiler "$arch")
  fetch_kernel "$guest_kernel"
  # shellcheck disable=SC2086 # a list
  guest_root "${compiler%%:*}" $guest_modules
  "${compiler%%:*}" -Os -static -s -Wall -Werror -o root/exercise "$lab/exercise/exercise.c"
  archive_root root >initramfs
  unpack_kernel "$(kernel_file kernel)" >kernel.unpacked
  rm -rf apt root depmod busybox kernel
  mv kernel.unpacked kernel
}

make_key() { ssh-keygen -q -t ed25519 -N '' -C vmi4j-lab -f "$PWD/key"; }

# compile SOURCE PROGRAM [OPTION...]: compiles a C program for dom0, with Xen's libraries there.
# Xen's headers declare what tools use only to who says so, before the first of them.
compile() {
  local source=$1 program=$2 compiler libraries=("$packages"/packages/usr/lib/*-linux-gnu)
  shift 2
  compiler=$(guest_compiler "$arch")
  "${compiler%%:*}" -O2 -Wall -D__XEN_TOOLS__ "$@" -I "$packages/packages/usr/include" -o "$program" "$source" -L "${libraries[0]}" \
    -Wl,--as-needed "-l:libxenctrl.so.$xen" -l:libxenforeignmemory.so.1 -l:libxenevtchn.so.1 -l:libxendevicemodel.so.1 -l:libxenstore.so.4 \
    -Wl,--unresolved-symbols=ignore-in-shared-libs
}

# Our own C client, to tell a fault of the lab from one of ours.
make_client() { compile "$lab/client/look.c" look -Werror; }

# A disk with everything: dom0 runs from it and writes to a copy that is thrown away.
make_disk() {
  local root=$PWD/root
  cp -al "$packages/packages" "$root"
  # What is written below must not reach the part that it is a hard link to.
  rm -f "$root"/etc/{passwd,group,shells,hosts}
  mkdir -p "$root"/{proc,sys,dev,run,tmp,var/log,root/.ssh} "$root"/lab/guests "$root"/etc/{xen,dropbear}
  echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
  printf 'root:x:0:\ntty:x:5:\n' >"$root/etc/group"
  echo /bin/sh >"$root/etc/shells"
  echo '127.0.0.1 localhost dom0' >"$root/etc/hosts"
  : >"$root/etc/xen/xl.conf"
  rm -rf "$root/var/run" "$root/var/lock"
  ln -s ../run "$root/var/run"
  ln -s ../run/lock "$root/var/lock"
  rm -f "$root/bin/sh"
  ln -s busybox "$root/bin/sh"
  install -m 755 "$lab"/dom0/{init,truth} "$root/lab/"
  install -m 755 "$lab/dom0/vmi" "$root/usr/bin/"
  cp "$client/look" "$guests/kernel" "$guests/initramfs" "$root/lab/"
  cp "$lab/machines/$machine"/*.cfg "$root/lab/guests/"
  cp "$key/key.pub" "$root/root/.ssh/authorized_keys"
  chmod 700 "$root/root" "$root/root/.ssh"
  PATH=$PATH:/sbin mke2fs -q -t ext4 -O ^has_journal,^metadata_csum -E root_owner=0:0 -d "$root" disk.img 1200M
  rm -rf "$root"
}

# Makes dom0's packages, or finds them in the cache.
packages_part() {
  part "packages-$xen-$arch" "$(recipe make_packages own_apt unpack_with_dependencies "$dom0_packages $suite $arch $xen $dom0_kernel")" \
    make_packages
  packages=$part
}

# Makes the parts that every machine has, or finds them in the cache.
make_parts() {
  packages_part
  part "boot-$machine" "$(recipe make_boot module_files unpack_kernel "$lab/dom0/boot" "$xen_modules $packages $dom0_modules $disk")" \
    make_boot
  boot=$part
  part "guests-$arch" "$(recipe make_guests "$lab"/lib/{debian,linux,guest}.sh "$lab"/guest/{init,live} "$lab"/guest/*.[ch] "$lab/exercise/exercise.c" \
    "$suite $arch $guest_kernel")" make_guests
  guests=$part
  part "client-$arch" "$(recipe make_client compile "$lab/client/look.c" "$packages")" make_client
  client=$part
  part key "$(recipe make_key)" make_key
  key=$part
  part "disk-$machine" "$(recipe make_disk "$lab"/dom0/{init,truth,vmi} "$lab/machines/$machine"/*.cfg "$packages $guests $client $key")" make_disk
  system=$part/disk.img
}
