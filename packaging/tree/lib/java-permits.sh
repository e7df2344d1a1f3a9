# shellcheck shell=sh
# For the launchers: options that let libraries load native code and use sun.misc.Unsafe. A newer
# Java writes lines of warning about each, and an older one does not start with an option that it
# does not know.

java_permits() { # java_permits RELEASE: sets $permits
  permits=
  [ "$1" -lt 22 ] || permits=--enable-native-access=ALL-UNNAMED
  [ "$1" -lt 23 ] || permits="$permits --sun-misc-unsafe-memory-access=allow"
}

java_release() { # java_release FOLDER: the release of the Java there
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}
