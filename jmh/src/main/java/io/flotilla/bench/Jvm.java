package io.flotilla.bench;

/// How the measuring JVM is started: as a node is, with a heap of fixed size.
final class Jvm {
  static final String NATIVE = "--enable-native-access=ALL-UNNAMED";
  static final String UNSAFE = "--sun-misc-unsafe-memory-access=allow";
  static final String COLLECTOR = "-XX:+UseParallelGC";
  static final String HEAP_MIN = "-Xms1g";
  static final String HEAP_MAX = "-Xmx1g";

  private Jvm() {}
}
