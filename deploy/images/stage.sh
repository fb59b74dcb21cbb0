#!/usr/bin/env bash
# Builds, and lays out under deploy/target what each image holds; then, for each PART (collector, webhook, controller):
#   docker build -f deploy/images/Dockerfile --target PART -t kubeguardian/PART:0.1.0 deploy/target
#   docker build -f deploy/flink/Dockerfile -t kubeguardian/flink:0.1.0 deploy/target
# Needs what ./kubeguardian needs: JDK 25, Maven, and for the sensor clang, bpftool and a kernel with BTF.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."
target=deploy/target
mvn -B -ntp -q "$@" -Dmaven.test.skip=true -pl collector,webhook,controller,flink-jobs -am package \
    org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies -DincludeScope=runtime
rm -rf "$target"
for part in collector webhook controller; do
    mkdir -p "$target/$part/lib"
    cp "$part/target/$part"-[0-9]*.jar "$part"/target/dependency/*.jar "$target/$part/lib/"
    cp "$part/$part.jvm" "$target/$part/jvm"
done
# Flink's image has Flink's own jars and its logging; two copies of either quarrel.
mkdir -p "$target/flink/usrlib"
cp flink-jobs/target/flink-jobs-[0-9]*.jar "$target/flink/usrlib/flink-jobs.jar"
for jar in flink-jobs/target/dependency/*.jar; do
    case ${jar##*/} in
        flink-cep-* | flink-avro-* | flink-connector-*) ;;
        flink-* | slf4j-* | log4j-* | frocksdbjni-*) continue ;;
    esac
    cp "$jar" "$target/flink/usrlib/"
done
du -sh "$target"/* >&2
