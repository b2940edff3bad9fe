package io.flotilla.engine.node;

import io.flotilla.engine.Engine;
import io.flotilla.engine.EngineOptions;
import io.flotilla.engine.EngineProvider;
import java.nio.file.Path;

/// The engines behind `Engine.open` and `Engine.connect`: a node in this process, or a client.
public final class NodeEngines implements EngineProvider {
  @Override
  public Engine open(Path folder, EngineOptions options) {
    NodeConfig config = NodeConfig.of(folder).withListen("").withTls(options.tls());
    return Node.start(config).engine().withDeadline(options.deadline());
  }

  @Override
  public Engine connect(String addresses, EngineOptions options) {
    return ClientEngine.connect(addresses, options);
  }
}
