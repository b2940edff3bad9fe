package io.flotilla.sim.node;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Runs the simulation against each planted bug, in a process of its own, until it is found.
final class PlantedBugs {
  private static final Pattern FOUND = Pattern.compile("FAILED seed (\\d+) [^:]*: (.*)");
  private static final int RULE_LENGTH_MAX = 160;

  private final Path repository;
  private final Path work;
  private final int seeds;

  /// What came of one bug.
  ///
  /// @param seed that found it, 0: none did
  record Finding(PlantedBug bug, long seed, String rule) {}

  /// @param repository its top folder
  /// @param work for classes and output
  /// @param seeds the most that may be tried for a bug
  PlantedBugs(Path repository, Path work, int seeds) {
    this.repository = repository;
    this.work = work;
    this.seeds = seeds;
  }

  Finding hunt(PlantedBug bug) throws IOException, InterruptedException {
    Path classes = work.resolve(bug.name());
    bug.plant(repository, classes);
    Path output = work.resolve(bug.name() + ".txt");
    Process process =
        new ProcessBuilder(command(classes))
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
        : new Finding(bug, 0, "not found within " + seeds + " seeds");
  }

  private List<String> command(Path classes) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx768m");
    command.add("-XX:+UseSerialGC");
    command.add("-XX:TieredStopAtLevel=4");
    command.add("-cp");
    command.add(classes + File.pathSeparator + System.getProperty("java.class.path"));
    command.add(FleetRun.class.getName());
    command.add("1");
    command.add(Integer.toString(seeds));
    command.add("--until-failure");
    return command;
  }

  private static String shortened(String rule) {
    String plain = rule.replaceAll("io\\.flotilla\\.[a-z.]*\\.", "");
    return plain.length() <= RULE_LENGTH_MAX ? plain : plain.substring(0, RULE_LENGTH_MAX) + " …";
  }

  /// `args`: the repository, a folder to work in, seeds for each bug, names of bugs (none: all).
  public static void main(String[] args) throws IOException, InterruptedException {
    PlantedBugs hunter =
        new PlantedBugs(Path.of(args[0]), Path.of(args[1]), Integer.parseInt(args[2]));
    List<String> names = List.of(args).subList(3, args.length);
    int missed = 0;
    for (PlantedBug bug : PlantedBug.all()) {
      if (names.isEmpty() || names.contains(bug.name())) {
        Finding finding = hunter.hunt(bug);
        missed += finding.seed() == 0 ? 1 : 0;
        System.out.println(
            "| "
                + bug.name()
                + " | "
                + bug.what()
                + " | "
                + (finding.seed() == 0 ? "none" : finding.seed())
                + " | "
                + finding.rule()
                + " |");
      }
    }
    System.out.println(missed + " were missed");
  }
}
