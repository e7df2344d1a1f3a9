#!/usr/bin/env bash
# Makes dist/gpumq-VERSION-linux-x86_64.tar.gz: everything that a machine with nothing but glibc and
# an NVIDIA driver needs to run the broker, the bench and the tests tagged gpu.
set -euo pipefail
umask 022 # the tarball is for every user of the machine that it is unpacked on

usage='usage: gpumq dist

Makes dist/gpumq-VERSION-linux-x86_64.tar.gz in the clone: the command line, its Java runtime, a Redis
and the GPU tests, for machines that have none of these. Needs a JDK 17 or newer with jmods; takes some
minutes. The README.txt in the tarball says which glibc that wants.'
case ${1:-} in
  '') ;;
  -h | --help)
    echo "$usage"
    exit 0
    ;;
  *)
    echo "gpumq dist: '$1': it takes no options" >&2
    echo "$usage" >&2
    exit 2
    ;;
esac

cd "$(dirname "$0")/.."

limit_mib=60
# What jdeps finds in the jars, and what it cannot see: jdk.unsupported (sun.misc.Unsafe, by name),
# jdk.management (the memory of the machine), jdk.crypto.ec (Redis over TLS), jdk.zipfs (JUnit reads
# the jars of tests).
modules=java.base,java.logging,java.management,jdk.crypto.ec,jdk.management,jdk.unsupported,jdk.zipfs

full='a full JDK 17 or newer, with jmods (Debian: default-jdk-headless)'
jdk=${JAVA_HOME-}
if [[ -z $jdk ]]; then
  javac=$(command -v javac) || {
    echo "gpumq dist: no javac on the PATH: install $full or set JAVA_HOME to one" >&2
    exit 1
  }
  jdk=$(dirname "$(dirname "$(readlink -f "$javac")")")
fi
if [[ ! -f $jdk/jmods/java.base.jmod ]]; then
  echo "gpumq dist: no jmods in $jdk: set JAVA_HOME to $full" >&2
  exit 1
fi

copy_needed() { # copy_needed FOLDER FILE...: the libraries of this system that FILEs link, but glibc's
  local folder=$1 library
  shift
  while IFS= read -r library; do
    case ${library##*/} in
      libc.so.* | libm.so.* | libdl.so.* | librt.so.* | libpthread.so.*) ;;
      *) [[ $library == "$PWD"/* ]] || cp -L "$library" "$folder/" ;;
    esac
  done < <(ldd "$@" | sed -n 's/.*=> \(\/.*\) (0x[0-9a-f]*)$/\1/p' | sort -u)
}

gathered=packaging/target
rm -rf "$gathered"
./mvnw -B -q -ntp -Pdist -pl packaging -am -DskipTests package

version=$(sed -n 's/^  <version>\(.*\)<\/version>$/\1/p' pom.xml)
name=gpumq-$version-linux-x86_64
tree=dist/$name
rm -rf "$tree" "dist/$name.tar.gz"
mkdir -p dist
cp -r packaging/tree "$tree"
cp LICENSE "$tree/"
cp -r "$gathered/jars" "$gathered/tests" "$gathered/test-runner" "$tree/lib/"
mkdir "$tree/lib/native"
cp "$gathered"/native/lib/*.so "$tree/lib/native/"
install -m 755 "$gathered"/redis/redis-server-*-linux-amd64 "$tree/lib/redis/redis-server.bin"
copy_needed "$tree/lib/redis" "$tree/lib/redis/redis-server.bin"

# Uncompressed modules, because the tarball compresses better than jlink does. Stripped of what javac
# wrote for debuggers alone: --strip-debug strips native libraries, too, and wants objcopy for it.
"$jdk/bin/jlink" --add-modules "$modules" --strip-java-debug-attributes --no-header-files --no-man-pages \
  --compress=0 --output "$tree/lib/runtime"
# What the JVM links of the system: java's own library path finds it beside the JVM's libraries.
copy_needed "$tree/lib/runtime/lib" "$tree"/lib/runtime/{bin/java,lib/*.so,lib/server/*.so}

# Which glibc all of that wants: what this system's libraries were built against.
glibc=$({ find "$tree/lib" -type f -exec grep -aohE 'GLIBC_2\.[0-9]+' {} + || true; } |
  sed 's/GLIBC_2\.//' | sort -un | sed -n '$p')
sed -i "s/@GLIBC@/2.$glibc/" "$tree/README.txt"

# The tree works, and what it loads while it does is what later starts want at once: bin/gpumq makes
# an archive of these classes. The JVM's own classes have theirs from here on.
java=$tree/lib/runtime/bin/java
"$java" -Xshare:dump >/dev/null
trial=$(mktemp -d)
trap 'rm -rf "$trial"' EXIT
# The list's path is relative, since GPUMQ_JAVA_OPTS splits at spaces.
env -i PATH=/usr/bin:/bin GPUMQ_JAVA_OPTS="-XX:DumpLoadedClassList=$tree/lib/gpumq.classlist" \
  "$tree/bin/gpumq" bench --device host --payload 64 --duration 200ms --warmup 0ms \
  --json "$trial/bench.json" --html "$trial/bench.html" >"$trial/log" 2>&1 || {
  cat "$trial/log" >&2
  exit 1
}

tar --sort=name --owner=0 --group=0 --numeric-owner -C dist -c "$name" | gzip -9n >"dist/$name.tar.gz"
bytes=$(stat -c %s "dist/$name.tar.gz")
echo "dist/$name.tar.gz: $((bytes / 1024 / 1024)) MiB"
if ((bytes > limit_mib * 1024 * 1024)); then
  echo "dist.sh: larger than $limit_mib MiB; the largest in it:" >&2
  find "$tree" -type f -printf '%s %P\n' | sort -rn | sed -n 1,10p >&2
  exit 1
fi
