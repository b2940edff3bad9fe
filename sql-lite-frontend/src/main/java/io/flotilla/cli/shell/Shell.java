package io.flotilla.cli.shell;

import io.flotilla.cli.term.JsonText;
import io.flotilla.cli.term.Terminal;
import io.flotilla.engine.Engine;
import io.flotilla.engine.EngineOptions;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a command works with: a terminal, and a way to reach a fleet (a test hands in another).
public record Shell(Terminal terminal, Connector connector) {
  /// Makes an engine for `host:port[,host:port…]`.
  @FunctionalInterface
  public interface Connector {
    Engine connect(String addresses, EngineOptions options);
  }

  /// Runs `work` with an engine that is connected as the options say, and closes it.
  public void with(FleetOptions options, Consumer<Engine> work) {
    try (Engine engine = connect(options)) {
      work.accept(engine);
    }
  }

  public Engine connect(FleetOptions options) {
    return connector.connect(options.addresses(), options.engine());
  }

  /// Prints one line of JSON.
  public void printJson(@Nullable Object value) {
    terminal.out().println(JsonText.of(value));
  }

  /// Prints a line for people.
  public void print(String line) {
    terminal.out().println(line);
  }

  /// Says something about the work on standard error.
  public void say(String line) {
    terminal.err().println(line);
  }
}
