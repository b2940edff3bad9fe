package io.flotilla.cli.term;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Shows how far a long work is while it lasts, on standard error: drawn over ten times a second
/// for a person, a line every five seconds for a log.
public final class ProgressLine implements AutoCloseable {
  private static final long LIVE_MILLIS = 100;
  private static final long PLAIN_MILLIS = 5_000;

  private final Terminal terminal;
  private final Supplier<ProgressText.Moment> moment;
  private final ScheduledExecutorService ticker;

  private ProgressLine(Terminal terminal, Supplier<ProgressText.Moment> moment) {
    this.terminal = terminal;
    this.moment = moment;
    this.ticker =
        Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().daemon().name("progress").unstarted(task));
  }

  /// Starts to show; `moment` is asked from a thread of its own.
  public static ProgressLine start(Terminal terminal, Supplier<ProgressText.Moment> moment) {
    ProgressLine line = new ProgressLine(terminal, moment);
    long period = terminal.live() ? LIVE_MILLIS : PLAIN_MILLIS;
    var _ = line.ticker.scheduleAtFixedRate(line::show, period, period, TimeUnit.MILLISECONDS);
    return line;
  }

  /// Takes the line away.
  @Override
  public void close() {
    ticker.close();
    if (terminal.live()) {
      draw("");
    }
  }

  private void show() {
    if (terminal.live()) {
      draw(ProgressText.bar(moment.get(), terminal.columns()));
    } else {
      terminal.err().println(ProgressText.words(moment.get()));
    }
  }

  private void draw(String line) {
    terminal.err().print("\r\u001b[2K" + line);
    terminal.err().flush();
  }
}
