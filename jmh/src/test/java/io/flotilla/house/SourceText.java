package io.flotilla.house;

import java.util.List;

/// A text file of the repository, its path relative to the root and with `/` between its parts.
record SourceText(String path, String text) {
  boolean isJava() {
    return path.endsWith(".java");
  }

  boolean isTest() {
    return path.contains("/src/test/");
  }

  boolean isMain() {
    return path.contains("/src/main/");
  }

  /// Code that a simulation runs: the same inputs must give the same outputs.
  boolean isDeterministic() {
    return isMain() && (path.startsWith("range-raft/") || path.startsWith("placement/"));
  }

  /// Rules and their tests have to spell out what they ban.
  boolean isHouse() {
    return path.contains("/io/flotilla/house/");
  }

  String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  String folder() {
    int end = path.lastIndexOf('/');
    return end < 0 ? "" : path.substring(0, end);
  }

  List<String> lines() {
    return List.of(text.split("\n", -1));
  }
}
