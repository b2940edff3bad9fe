package io.flotilla.engine;

import java.nio.file.Path;

/// Makes engines.
final class Engines {
  private Engines() {}

  static Engine open(Path folder, EngineOptions options) {
    throw new ClosedException("being written: open " + folder + " " + options);
  }

  static Engine connect(String addresses, EngineOptions options) {
    throw new ClosedException("being written: connect " + addresses + " " + options);
  }
}
