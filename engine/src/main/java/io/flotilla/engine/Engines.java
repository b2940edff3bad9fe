package io.flotilla.engine;

import java.nio.file.Path;
import java.util.ServiceLoader;

/// Makes engines, by the one provider on the class path.
final class Engines {
  private Engines() {}

  static Engine open(Path folder, EngineOptions options) {
    return provider().open(folder, options);
  }

  static Engine connect(String addresses, EngineOptions options) {
    return provider().connect(addresses, options);
  }

  private static EngineProvider provider() {
    return ServiceLoader.load(EngineProvider.class, EngineProvider.class.getClassLoader())
        .findFirst()
        .orElseThrow(() ->
            new IllegalStateException(
                "no "
                    + EngineProvider.class.getName()
                    + " on the class path: a repackaged jar must keep META-INF/services"));
  }
}
