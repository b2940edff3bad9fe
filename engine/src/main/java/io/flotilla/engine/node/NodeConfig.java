package io.flotilla.engine.node;

import io.flotilla.engine.TlsFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a node is started with.
///
/// @param data the store's folder; made if it is missing or empty
/// @param listen `host:port` for everything: clients and peers; port 0 picks a free one. Empty:
///   only this process is served, nothing listens until the store joins a fleet
/// @param advertise `host:port` that other nodes and clients are told to call, where that is not
///   where the node listens: behind a forwarded port, in a container. Null: as `listen`
/// @param join addresses of nodes of a running fleet; used at the first start only, empty: found a
///   new fleet
/// @param options by name, see [NodeOptions]
/// @param tls for all connections; null: as the option `tls-dir` says
public record NodeConfig(
    Path data,
    String listen,
    @Nullable String advertise,
    List<String> join,
    Map<String, String> options,
    @Nullable TlsFiles tls) {
  /// Where a node listens unless told otherwise.
  public static final String LISTEN_DEFAULT = "127.0.0.1:4100";

  public NodeConfig {
    join = List.copyOf(join);
    options = Map.copyOf(options);
  }

  public static NodeConfig of(Path data) {
    return new NodeConfig(data, LISTEN_DEFAULT, null, List.of(), Map.of(), null);
  }

  public NodeConfig withListen(String newListen) {
    return new NodeConfig(data, newListen, advertise, join, options, tls);
  }

  public NodeConfig withAdvertise(@Nullable String newAdvertise) {
    return new NodeConfig(data, listen, newAdvertise, join, options, tls);
  }

  public NodeConfig withJoin(List<String> newJoin) {
    return new NodeConfig(data, listen, advertise, newJoin, options, tls);
  }

  public NodeConfig withOptions(Map<String, String> newOptions) {
    return new NodeConfig(data, listen, advertise, join, newOptions, tls);
  }

  public NodeConfig withTls(@Nullable TlsFiles newTls) {
    return new NodeConfig(data, listen, advertise, join, options, newTls);
  }
}
