# shellcheck shell=bash
# ARM: QEMU's virt board with EL2. Debian's Xen for arm64 lacks memory access events, so the same
# source is built with them.
arch=arm64
suite=bookworm
xen=4.17
dom0_kernel=linux-image-arm64
dom0_modules='virtio_mmio virtio_blk virtio_net ext4 crc32c_generic'
guest_kernel=linux-image-arm64
disk=/dev/vda

machine_needs() {
  need qemu-system-aarch64:qemu-system-arm "$(guest_compiler arm64)" make:make flex:flex bison:bison \
    gcc:'gcc libc6-dev' bc:bc python3:python3
}

make_xen() {
  own_apt "$suite" "$arch" "$PWD/apt"
  mkdir source
  tar -xf "$(source_tarball xen)" -C source --strip-components=1
  sed 's/# CONFIG_MEM_ACCESS is not set/CONFIG_MEM_ACCESS=y/' "$packages/kernel/boot/xen-$xen-arm64.config" >source/xen/.config
  grep -q CONFIG_MEM_ACCESS=y source/xen/.config
  local options=(XEN_TARGET_ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-)
  make -C source/xen "${options[@]}" olddefconfig
  make -C source/xen -j"$(nproc)" "${options[@]}"
  mv source/xen/xen xen
  rm -rf apt source ./*.tar.*
}

machine_parts() {
  part xen-arm64 "$(recipe make_xen own_apt source_tarball "$packages")" make_xen
  hypervisor=$part/xen
}

# Starts the emulator in the run folder, with ssh of dom0 on $port.
machine_start() {
  exec qemu-system-aarch64 -M virt,virtualization=on,gic-version=3 -accel tcg,thread=multi -cpu cortex-a57 -smp 2 -m 2048 \
    -nodefaults -no-user-config -display none -no-reboot -serial file:console.log \
    -kernel "$hypervisor" -append "console=dtuart dom0_mem=1024M dom0_max_vcpus=1 loglvl=warning guest_loglvl=warning" \
    -device "guest-loader,addr=0x49000000,kernel=$boot/kernel,bootargs=console=hvc0 quiet cryptomgr.notests audit=0" \
    -device guest-loader,addr=0x4c000000,initrd="$boot/initramfs" \
    -drive file="$system",if=none,id=root,format=raw,snapshot=on -device virtio-blk-device,drive=root \
    -netdev user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:"$port"-:22 -device virtio-net-device,netdev=net
}
