package io.flotilla.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.cli.fake.FakeEngine;
import io.flotilla.cli.fake.FakeTerminal;
import io.flotilla.cli.load.CsvLoad;
import io.flotilla.cli.shell.CommandFailure;
import io.flotilla.cli.shell.Shell;
import io.flotilla.cli.shell.WrongUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// What starting nodes needs around the nodes.
final class RunTest {
  @Test
  void childRunsWhatThisProcessRuns() {
    assertEquals(
        List.of("java", "-Xmx1g", "-cp", "a:b", "io.flotilla.cli.Main"),
        JavaCommand.of(
            "java", List.of("-Xmx1g", "-cp", "a:b", "io.flotilla.cli.Main", "demo", "--nodes")));
    assertTrue(JavaCommand.of("java", List.of("other.Main")).contains("-cp"));
  }

  @Test
  void configurationFile(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("node.properties");
    Files.writeString(file, "# comment\nreads=quorum\nunsafe-no-fsync = true \n");
    assertEquals(Map.of("reads", "quorum", "unsafe-no-fsync", "true"), ConfigFile.read(file));
    CommandFailure failure =
        assertThrows(CommandFailure.class, () -> ConfigFile.read(folder.resolve("none")));
    assertTrue(failure.getMessage().contains("cannot read the configuration"));
  }

  @Test
  void sampleIsWholeAndSplitsIntoSix() throws Exception {
    FakeEngine engine = new FakeEngine();
    FakeTerminal terminal = new FakeTerminal();
    Shell shell = new Shell(terminal.terminal(), (_, _) -> engine);
    CsvLoad.Report report = SampleData.load(shell, engine);
    assertEquals(24_323, report.rows());
    assertEquals(24_323, engine.size());
    assertTrue(engine.text("city/CH/2657896").orElseThrow().contains("\"name\":\"Z\u00FCrich\""));
    SampleData.split(engine.fleet());
    assertEquals(7, engine.fleet().ranges().size());
  }

  @Test
  void trainSaysWhatIsWrongBeforeItStartsAnything() {
    FakeTerminal terminal = new FakeTerminal();
    Shell shell = new Shell(terminal.terminal(), (_, _) -> new FakeEngine());
    TrainCommand train = new TrainCommand(shell);
    // The launcher says where the cache goes; this process was not started by it.
    WrongUsage noOutput = assertThrows(WrongUsage.class, train::run);
    assertTrue(noOutput.getMessage().contains("--output"));
    CommandLine command = new CommandLine(new TrainCommand(shell));
    command.parseArgs("--output", "cache", "--ranges", "9");
    WrongUsage tooFew = assertThrows(WrongUsage.class, ((TrainCommand) command.getCommand())::run);
    assertTrue(tooFew.getMessage().contains("got 9"));
  }

  @Test
  void cacheIsReplacedInOneStep(@TempDir Path folder) throws Exception {
    Path learnt = Files.writeString(folder.resolve("learnt"), "new");
    Path cache = Files.writeString(folder.resolve("node.aot"), "old");
    TrainCommand.keep(learnt, cache);
    assertEquals("new", Files.readString(cache));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(2, files.count());
    }
    Path nowhere = folder.resolve("none").resolve("node.aot");
    CommandFailure failure =
        assertThrows(CommandFailure.class, () -> TrainCommand.keep(learnt, nowhere));
    assertTrue(failure.getMessage().contains(nowhere.toString()));
  }

  @Test
  void trialFolderGoesWithWhatIsInIt(@TempDir Path parent) throws Exception {
    for (TrialFolder trial :
        List.of(TrialFolder.make("flotilla-test"), TrialFolder.makeIn(parent, "test"))) {
      Files.createDirectories(trial.path().resolve("1/deep"));
      Files.writeString(trial.path().resolve("1/deep/file"), "x");
      trial.delete();
      assertTrue(Files.notExists(trial.path()));
    }
  }

  @Test
  void nobodyIsStartedOnceTheFleetEnds(@TempDir Path folder) {
    LocalFleet fleet = new LocalFleet();
    fleet.kill();
    assertThrows(CommandFailure.class, () -> fleet.startNext(folder, "127.0.0.1:0", List.of()));
    assertThrows(CommandFailure.class, () -> fleet.startHelper(new ProcessBuilder("none")));
    assertEquals(List.of(), fleet.nodes());
  }

  @Test
  void lastLineOfALog(@TempDir Path folder) throws Exception {
    Path log = folder.resolve("node.log");
    assertEquals("it left no log", ChildNode.lastLine(log));
    Files.writeString(log, "\n");
    assertEquals("it said nothing", ChildNode.lastLine(log));
    Files.writeString(log, "first\nflotilla: last\n\n");
    assertEquals("last", ChildNode.lastLine(log));
  }

  @Test
  void failureOfATrialSaysWhereTheLogsAre(@TempDir Path folder) {
    TrialFolder trial = new TrialFolder(folder);
    RuntimeException failure = trial.withLogs(new CommandFailure("no leader"));
    assertEquals("no leader; logs in " + folder, failure.getMessage());
    assertSame(failure, trial.withLogs(failure));
    RuntimeException fault = new IllegalStateException("fault");
    assertSame(fault, trial.withLogs(fault));
  }
}
