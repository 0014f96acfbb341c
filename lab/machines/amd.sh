# shellcheck shell=bash
# AMD: QEMU with emulated SVM and nested paging, and Debian's Xen as it is. The processor goes without
# SMAP, which stops a PV dom0 under this emulator, and without XSAVE, with which a guest saw a false #UD.
arch=amd64
suite=bookworm
xen=4.17
dom0_kernel=linux-image-amd64
dom0_modules='virtio_pci virtio_blk virtio_net ext4 crc32c_generic'
guest_kernel=linux-image-cloud-amd64
disk=/dev/vda

machine_needs() { need qemu-system-x86_64:qemu-system-x86 "$(guest_compiler amd64)"; }

make_xen() { gzip -dc "$packages/kernel/boot/xen-$xen-amd64.gz" >hypervisor; }

machine_parts() {
  part xen-amd64 "$(recipe make_xen "$packages")" make_xen
  hypervisor=$part/hypervisor
}

# Starts the emulator in the run folder, with ssh of dom0 on $port.
machine_start() {
  exec qemu-system-x86_64 -M q35 -accel tcg,thread=single,tb-size=512 -cpu max,-smap,-xsave -smp 1 -m 3072 \
    -nodefaults -no-user-config -display none -no-reboot -serial file:console.log \
    -kernel "$hypervisor" \
    -append "console=com1 com1=115200,8n1 dom0_mem=1024M,max:1024M dom0_max_vcpus=1 loglvl=warning guest_loglvl=warning" \
    -initrd "$boot/kernel console=hvc0 quiet net.ifnames=0 mitigations=off audit=0,$boot/initramfs" \
    -drive file="$system",if=virtio,format=raw,snapshot=on \
    -netdev user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:"$port"-:22 -device virtio-net-pci,netdev=net,romfile=
}
