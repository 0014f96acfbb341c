# shellcheck shell=bash
# Packages of any suite and architecture of Debian, through an apt of our own that leaves the
# machine's alone: nothing is installed, and nothing needs root.

# The archive with the given label, as this machine's apt is configured.
archive() {
  # shellcheck disable=SC2016 # apt expands these
  apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' |
    awk -v label="$1" '$1 == label && !found { print $2; found = 1 }'
}

# own_apt SUITE ARCHITECTURE FOLDER: sets such an apt up in a folder and makes it the one in use.
own_apt() {
  local suite=$1 arch=$2 state=$3 main security kind
  local keys=/usr/share/keyrings/debian-archive-keyring.gpg
  unset APT_CONFIG
  main=$(archive Debian)
  security=$(archive Debian-Security)
  [ -n "$main" ] || die "cannot tell the Debian mirror from this machine's apt sources"
  mkdir -p "$state/lists/partial" "$state/archives/partial"
  : >"$state/status"
  for kind in deb deb-src; do
    echo "$kind [signed-by=$keys] $main $suite main"
    if [ -n "$security" ] && [ $kind = deb ]; then
      echo "$kind [signed-by=$keys] $security $suite-security main"
    fi
  done >"$state/sources.list"
  cat >"$state/apt.conf" <<END
APT::Architecture "$arch";
APT::Architectures { "$arch"; };
APT::Install-Recommends "false";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "3";
Dir::State "$state";
Dir::State::Lists "$state/lists";
Dir::State::status "$state/status";
Dir::Cache "$state";
Dir::Etc::SourceList "$state/sources.list";
Dir::Etc::SourceParts "/dev/null";
END
  export APT_CONFIG=$state/apt.conf
  # A mirror may lack one list while it is being updated: what apt could read and verify will do.
  apt-get -qq update || say "  going on without a list of $suite for $arch that could not be read"
}

# unpack_with_dependencies FOLDER PACKAGE...: fills a folder with packages and all that they depend on.
unpack_with_dependencies() {
  local root=$1 archive
  shift
  apt-get -qq -y --download-only install "$@"
  for archive in "$(dirname "$APT_CONFIG")"/archives/*.deb; do
    dpkg-deb -x "$archive" "$root"
    rm "$archive"
  done
}

# source_tarball PACKAGE: downloads the upstream source of a package to the current folder, checked.
source_tarball() {
  local uri name size hash
  while read -r uri name size hash; do
    case $name in *.orig.tar.*)
      uri=${uri#\'}
      /usr/lib/apt/apt-helper -qq download-file "${uri%\'}" "$name" "$hash"
      [ "$(stat -c %s "$name")" = "$size" ] || die "$name is not of the size that the archive tells"
      echo "$name"
      return
      ;;
    esac
  done < <(apt-get -qq source --print-uris "$1")
  die "no source of $1 in the archive"
}
