package io.flotilla.sim.node;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Runs the simulation against each planted bug, in a process of its own, until it is found.
final class PlantedBugs {
  private static final Pattern FOUND = Pattern.compile("FAILED seed (\\d+) [^:]*: (.*)");
  private static final int RULE_LENGTH_MAX = 160;

  private final Path repository;
  private final Path work;

  /// What came of one bug.
  ///
  /// @param seed that found it, 0: none did
  record Finding(PlantedBug bug, long seed, String rule) {
    /// A line of the table in docs/planted-bugs.md.
    String row() {
      String found = seed == 0 ? "none of " + bug.seeds() : seed + " of " + bug.seeds();
      return "| " + bug.name() + " | " + bug.what() + " | " + found + " | " + rule + " |";
    }
  }

  /// @param repository its top folder
  /// @param work for classes and output
  PlantedBugs(Path repository, Path work) {
    this.repository = repository;
    this.work = work;
  }

  Finding hunt(PlantedBug bug) throws IOException, InterruptedException {
    Path classes = work.resolve(bug.name());
    bug.plant(repository, classes);
    Path output = work.resolve(bug.name() + ".txt");
    Process process =
        new ProcessBuilder(command(classes, bug.seeds()))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    process.waitFor();
    String said = Files.readString(output);
    if (!said.contains(" failed, ")) {
      throw new IllegalStateException(bug.name() + ": the run did not end well, see " + output);
    }
    Matcher found = FOUND.matcher(said);
    return found.find()
        ? new Finding(bug, Long.parseLong(found.group(1)), shortened(found.group(2)))
        : new Finding(bug, 0, "not found");
  }

  private List<String> command(Path classes, int seeds) {
    List<String> command =
        SecondRun.command(classes + File.pathSeparator + System.getProperty("java.class.path"));
    command.add("1");
    command.add(Integer.toString(seeds));
    command.add("--until-failure");
    return command;
  }

  private static String shortened(String rule) {
    String plain = rule.replaceAll("io\\.flotilla\\.[a-z.]*\\.", "").replace("|", "/");
    return plain.length() <= RULE_LENGTH_MAX ? plain : plain.substring(0, RULE_LENGTH_MAX) + " …";
  }

  /// Hunts some at a time and tells of each as it ends; in the order of the list.
  List<Finding> huntAll(List<PlantedBug> bugs, int atOnce) throws InterruptedException {
    try (ExecutorService threads = Executors.newFixedThreadPool(atOnce)) {
      List<Callable<Finding>> hunts = new ArrayList<>();
      for (PlantedBug bug : bugs) {
        hunts.add(() -> {
          Finding finding = hunt(bug);
          System.out.println(finding.row());
          return finding;
        });
      }
      List<Finding> findings = new ArrayList<>();
      for (Future<Finding> each : threads.invokeAll(hunts)) {
        findings.add(each.get());
      }
      return findings;
    } catch (ExecutionException failed) {
      throw new IllegalStateException(failed.getCause());
    }
  }

  /// `args`: the repository, a folder to work in, names of bugs (none: all).
  public static void main(String[] args) throws InterruptedException {
    List<String> names = List.of(args).subList(2, args.length);
    List<PlantedBug> bugs = new ArrayList<>(PlantedBug.all());
    bugs.addAll(PlantedBug.open());
    bugs.removeIf(bug -> !names.isEmpty() && !names.contains(bug.name()));
    List<Finding> all = new PlantedBugs(Path.of(args[0]), Path.of(args[1])).huntAll(bugs, 2);
    System.out.println(all.stream().filter(each -> each.seed() == 0).count() + " were missed");
  }
}
