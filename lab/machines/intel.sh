# shellcheck shell=bash
# Intel: Bochs, whose processor has VMX with EPT, the monitor trap flag, VM functions and
# virtualization exceptions. Debian's package of it is built with the debugger and lacks the trap flag,
# so the newer source is built without. Xen is told apicv=0: an EPT violation while Bochs delivers a
# virtual interrupt injects a stale exception into the guest. And one line is added to its VM entry, which
# leaves the host's interrupts masked while a guest has its own off: a guest of two processors, one of
# which waits for the other with interrupts off, would keep the only real one for ever.
arch=amd64
suite=bookworm
xen=4.17
dom0_kernel=linux-image-amd64
dom0_modules='ata_piix sd_mod ext4 crc32c_generic e1000'
guest_kernel=linux-image-cloud-amd64
disk=/dev/sdb

machine_needs() {
  need "$(guest_compiler amd64)" g++:g++ make:make grub-mkrescue:grub-common /usr/lib/grub/i386-pc:grub-pc-bin xorriso:xorriso \
    mformat:mtools /usr/share/bochs/BIOS-bochs-latest:bochsbios /usr/share/vgabios/vgabios.bin:vgabios
}

make_bochs() {
  own_apt trixie amd64 "$PWD/apt"
  mkdir source
  tar -xf "$(source_tarball bochs)" -C source --strip-components=1
  (
    cd source || exit
    sed -i 's/^  BX_CPU_THIS_PTR in_vmx_guest = true;$/&\n  handleInterruptMaskChange();/' cpu/vmx.cc
    [ "$(grep -c '^  handleInterruptMaskChange();$' cpu/vmx.cc)" = 1 ] || die "VM entry of this Bochs is not as expected"
    ./configure --enable-cpu-level=6 --enable-x86-64 --enable-vmx=2 --enable-svm --enable-avx --enable-evex --enable-smp \
      --enable-pci --enable-e1000 --enable-fpu --enable-long-phy-address --enable-a20-pin --enable-alignment-check \
      --enable-monitor-mwait --enable-all-optimizations --enable-handlers-chaining --enable-repeat-speedups \
      --enable-fast-function-calls --with-nogui --disable-docbook CFLAGS=-O3 CXXFLAGS=-O3
    make -j"$(nproc)"
  )
  mv source/bochs bochs
  rm -rf apt source ./*.tar.*
}

make_image() {
  mkdir -p image/boot/grub
  gzip -dc "$packages/kernel/boot/xen-$xen-amd64.gz" >image/boot/xen
  cp "$boot/kernel" "$boot/initramfs" image/boot/
  cat >image/boot/grub/grub.cfg <<'END'
set timeout=0
menuentry lab {
  multiboot2 /boot/xen console=com1 com1=115200,8n1,0x3f8,0 dom0_mem=480M,max:480M dom0_max_vcpus=1 loglvl=warning guest_loglvl=warning bootscrub=0 altp2m=1 apicv=0 spec-ctrl=off xpti=off watchdog=0
  module2 /boot/kernel console=hvc0 quiet net.ifnames=0 mitigations=off nopti nokaslr nomodeset cryptomgr.notests audit=0
  module2 /boot/initramfs
}
END
  grub-mkrescue -d /usr/lib/grub/i386-pc -o boot.iso image
  rm -rf image
}

machine_parts() {
  part bochs "$(recipe make_bochs own_apt source_tarball)" make_bochs
  bochs=$part/bochs
  part image-intel "$(recipe make_image "$packages $boot")" make_image
  image=$part/boot.iso
}

# Starts the emulator in the run folder, with ssh of dom0 on $port.
machine_start() {
  cat >slirp.conf <<END
# slirp config
restricted = 1
hostfwd = tcp:127.0.0.1:$port-10.0.2.15:22
END
  cat >bochsrc <<END
display_library: nogui
config_interface: textconfig
cpu: model=corei7_haswell_4770, count=1, ips=150000000, reset_on_triple_fault=0, ignore_bad_msrs=1
memory: guest=1024, host=1024
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/vgabios/vgabios.bin
pci: enabled=1, chipset=i440fx, slot1=e1000
e1000: enabled=1, mac=52:54:00:12:34:56, ethmod=slirp, script=$PWD/slirp.conf
ata0-master: type=disk, path=$image, mode=volatile, journal=$PWD/image.redo
ata0-slave: type=disk, path=$system, mode=volatile, journal=$PWD/disk.redo
boot: disk
clock: sync=none, time0=local
com1: enabled=1, mode=file, dev=$PWD/console.log
log: $PWD/bochs.log
panic: action=report
# Xen's paravirtual dom0 reads MSRs without the right to, hundreds of times a second; Xen answers for the processor.
error: action=report, cpu0=ignore
info: action=ignore
debug: action=ignore
END
  exec "$bochs" -q -f bochsrc
}
