package io.flotilla.engine.node;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What a node is started with.
///
/// @param data the store's folder
/// @param listen `host:port` to serve on; port 0: any free one
/// @param join nodes of the fleet to join, `host:port` each; empty: start alone
/// @param options the keys of the configuration file
public record NodeConfig(Path data, String listen, List<String> join, Map<String, String> options) {
  /// Where a node serves unless told otherwise.
  public static final String LISTEN_DEFAULT = "127.0.0.1:4100";

  public NodeConfig {
    join = List.copyOf(join);
    options = Map.copyOf(options);
  }

  public static NodeConfig of(Path data) {
    return new NodeConfig(data, LISTEN_DEFAULT, List.of(), Map.of());
  }

  public NodeConfig withListen(String newListen) {
    return new NodeConfig(data, newListen, join, options);
  }

  public NodeConfig withJoin(List<String> newJoin) {
    return new NodeConfig(data, listen, newJoin, options);
  }

  public NodeConfig withOptions(Map<String, String> newOptions) {
    return new NodeConfig(data, listen, join, newOptions);
  }
}
