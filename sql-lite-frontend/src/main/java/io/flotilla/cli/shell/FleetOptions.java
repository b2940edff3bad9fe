package io.flotilla.cli.shell;

import io.flotilla.engine.EngineOptions;
import io.flotilla.engine.TlsFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/// The options of every command that talks to a fleet.
public final class FleetOptions {
  /// In help texts, what every command has comes after what one command has.
  public static final int ORDER_LAST = 100;

  @Option(
      names = {"-c", "--connect"},
      order = ORDER_LAST,
      paramLabel = "HOST:PORT[,…]",
      defaultValue = "${env:FLOTILLA_CONNECT:-127.0.0.1:4100}",
      converter = Addresses.Converter.class,
      description =
          "Any nodes of the fleet. Default: FLOTILLA_CONNECT, else the local node "
              + "at 127.0.0.1:4100.")
  private Addresses connect = new Addresses(List.of("127.0.0.1:4100"));

  @Option(
      names = "--timeout",
      order = ORDER_LAST,
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = DurationConverter.class,
      description = "Give up on a request after this time: 500ms, 10s, 2m. Default: 10s.")
  private Duration timeout = Duration.ofSeconds(10);

  @Option(
      names = "--tls-dir",
      order = ORDER_LAST,
      paramLabel = "DIR",
      defaultValue = "${env:FLOTILLA_TLS_DIR:-}",
      description =
          "Speak TLS, with the files ca.pem, cert.pem and key.pem in this folder. Default: "
              + "FLOTILLA_TLS_DIR, else no TLS.")
  private String tlsFolder = "";

  @Option(
      names = "--json",
      order = ORDER_LAST,
      description = "Print JSON instead of text for people.")
  private boolean json;

  public String addresses() {
    return connect.toString();
  }

  public Duration timeout() {
    return timeout;
  }

  /// How to connect.
  public EngineOptions engine() {
    EngineOptions options = new EngineOptions(timeout);
    return tlsFolder.isBlank() ? options : options.withTls(TlsFiles.in(Path.of(tlsFolder)));
  }

  public boolean json() {
    return json;
  }
}
