package io.flotilla.engine;

import java.nio.file.Path;

/// Makes the engines that [Engine]'s factory methods give out: found as a service, so that this
/// package depends on nothing behind it. Not for applications.
public interface EngineProvider {
  Engine open(Path folder, EngineOptions options);

  Engine connect(String addresses, EngineOptions options);
}
