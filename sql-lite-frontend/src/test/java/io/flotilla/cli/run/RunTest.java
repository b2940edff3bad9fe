package io.flotilla.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.cli.fake.FakeEngine;
import io.flotilla.cli.fake.FakeTerminal;
import io.flotilla.cli.load.CsvLoad;
import io.flotilla.cli.shell.CommandFailure;
import io.flotilla.cli.shell.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
}
