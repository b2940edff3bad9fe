package io.flotilla.cli.run;

import io.flotilla.cli.shell.Addresses;
import io.flotilla.cli.shell.CommandFailure;
import io.flotilla.cli.shell.Logging;
import io.flotilla.cli.shell.Shell;
import io.flotilla.cli.shell.WrongUsage;
import io.flotilla.engine.TlsFiles;
import io.flotilla.engine.node.Node;
import io.flotilla.engine.node.NodeConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `flotilla start`.
@Command(
    name = "start",
    customSynopsis = "flotilla start --data DIR [OPTIONS]",
    header = "Start a node: one process, one address, one store in a folder.",
    description = {
      "A first node with an empty folder is a fleet of its own and serves at "
          + "once. Others join it; ranges then grow to three replicas by themselves. "
          + "A node that was in a fleet before needs no --join: its folder knows. "
          + "Runs until Ctrl-C or SIGTERM; logs go to standard error."
    },
    footer = {
      "",
      "Examples:",
      "  flotilla start --data data/1",
      "  flotilla start --data data/2 --listen 127.0.0.1:4101 --join 127.0.0.1:4100",
      "  flotilla start --data data/1 --listen 10.0.0.7:4100 --tls-dir /etc/flotilla/tls",
      "  flotilla start --data data/1 --listen 0.0.0.0:4100 --advertise db1.example.org:7100",
      "",
      "A configuration file has lines such as:",
      "  range-bytes-max=268435456",
      "  reads=quorum"
    })
public final class StartCommand implements Runnable {
  private final Shell shell;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "The store's folder; made if it is missing.")
  private Path data = Path.of("data");

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = NodeConfig.LISTEN_DEFAULT,
      converter = Addresses.Converter.class,
      description =
          "Where to serve, and what other nodes and clients call it. Default: " + "127.0.0.1:4100.")
  private Addresses listen = Addresses.parse(NodeConfig.LISTEN_DEFAULT);

  @Option(
      names = "--advertise",
      paramLabel = "HOST:PORT",
      converter = Addresses.Converter.class,
      description = {
        "What other nodes and clients are told to call instead, where that differs from --listen: "
            + "in a container, behind a forwarded port, or when listening on 0.0.0.0."
      })
  private @Nullable Addresses advertise;

  @Option(
      names = "--join",
      paramLabel = "HOST:PORT[,…]",
      converter = Addresses.Converter.class,
      description = "Any nodes of the fleet to join.")
  private @Nullable Addresses join;

  @Option(names = "--config", paramLabel = "FILE", description = "A file of name=value lines.")
  private @Nullable Path config;

  @Option(
      names = "--tls-dir",
      paramLabel = "DIR",
      description = {
        "Speak TLS alone, with the files ca.pem, cert.pem and key.pem in this folder, and let in "
            + "whoever has a certificate of the same authority. Default: no TLS."
      })
  private @Nullable Path tlsFolder;

  @Option(
      names = "--stop-with-stdin",
      hidden = true,
      description = "Stop when standard input ends: when the parent process is gone.")
  private boolean stopWithStdin;

  public StartCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public void run() {
    if (listen.list().size() != 1) {
      throw new WrongUsage("--listen takes one address, got " + listen);
    }
    if (advertise != null && advertise.list().size() != 1) {
      throw new WrongUsage("--advertise takes one address, got " + advertise);
    }
    Logging.forNode();
    NodeConfig start =
        NodeConfig.of(data)
            .withListen(listen.toString())
            .withAdvertise(advertise == null ? null : advertise.toString())
            .withJoin(join == null ? List.of() : join.list())
            .withOptions(config == null ? Map.of() : ConfigFile.read(config))
            .withTls(tlsFolder == null ? null : TlsFiles.in(tlsFolder));
    try (Node node = Node.start(start)) {
      StopSignal signal = StopSignal.onSignal(() -> stop(node));
      tell(node);
      if (stopWithStdin) {
        Thread.ofVirtual().start(() -> exitAtEnd(shell.terminal().in()));
      }
      node.awaitStop();
      requireSignalled(signal, node);
    }
  }

  private void tell(Node node) {
    Duration took =
        Duration.between(
            ProcessHandle.current().info().startInstant().orElseGet(Instant::now), Instant.now());
    shell.print(
        """
        Flotilla node, store %s of cluster %s
          listening  %s
          data       %s
          ready in %d ms; Ctrl-C stops it\
        """
            .formatted(
                node.storeId(),
                node.clusterId(),
                node.address(),
                data.toAbsolutePath().normalize(),
                took.toMillis()));
    shell.terminal().out().flush();
  }

  private int stop(Node node) {
    node.close();
    String hanging = node.hanging();
    shell.print(
        hanging.isEmpty()
            ? "stopped"
            : "stopped, although " + hanging + " did not end; what was acknowledged is durable");
    shell.terminal().out().flush();
    return hanging.isEmpty() ? 0 : 1;
  }

  // The node stopped without being told to, or the signal's thread is closing it: then wait for
  // that
  // thread to end the process.
  private static void requireSignalled(StopSignal signal, Node node) {
    if (signal.disarm()) {
      throw new CommandFailure("the node stopped by itself: " + node.failure());
    }
    awaitEnd();
  }

  private static void awaitEnd() {
    try {
      Thread.currentThread().join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void exitAtEnd(InputStream in) {
    try {
      long _ = in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // As good as the end.
    }
    System.exit(0);
  }
}
