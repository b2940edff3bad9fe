package io.flotilla.sim.process;

import io.flotilla.engine.Engine;
import io.flotilla.sim.clients.Clients;
import io.flotilla.sim.process.ProcessFleet.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/// Three real processes, the faults of a seed, clients, and a verdict: `.ci/torture --help`.
public final class Torture {
  private static final int CLIENTS = 20;
  private static final int NODES = 3;
  private static final Duration TELL_EVERY = Duration.ofSeconds(15);

  private final Plan plan;
  private final Diary diary;

  private Torture(Plan plan, Diary diary) {
    this.plan = plan;
    this.diary = diary;
  }

  /// What a run is told.
  ///
  /// @param stale true: with a planted bug, which is to be found
  private record Plan(
      Path launcher, Path folder, int port, Duration duration, long seed, boolean stale) {
    static Plan parse(String[] args) {
      Arguments named =
          new Arguments(
              args, List.of("--launcher", "--folder", "--port", "--minutes", "--seed", "--plant"));
      return new Plan(
          named.path("--launcher", "flotilla"),
          named.path("--folder", "target/torture"),
          (int) named.number("--port", 4500),
          Duration.ofMillis((long) (named.number("--minutes", 3) * 60_000)),
          (long) named.number("--seed", 1),
          named.text("--plant", "").equals("stale-answer"));
    }

    /// Small logs, so that followers that were away need snapshots; old versions stay for as long
    /// as the run may take, so that every snapshot read can be judged.
    Setup setup() {
      long retention = duration.toMillis() + 3_600_000;
      Map<String, String> options =
          Map.of(
              "log-bytes-max",
              "262144",
              "memory-bytes",
              "67108864",
              "retention-millis",
              Long.toString(retention));
      return new Setup(launcher, folder, port, NODES, true, options);
    }
  }

  /// Exit code 0: no violation; 1: at least one, or the run itself failed.
  public static void main(String[] args) throws Exception {
    Plan plan = Plan.parse(args);
    if (Files.exists(plan.folder())) {
      throw new IllegalArgumentException("has been used before: " + plan.folder());
    }
    Files.createDirectories(plan.folder());
    int violations;
    try (Diary diary = new Diary(plan.folder().resolve("diary.txt"), System.out)) {
      new Torture(plan, diary).run();
      violations = diary.violations().size();
      diary.say(
          violations == 0
              ? "no violation"
              : violations + " violations; seed " + plan.seed() + "; see " + plan.folder);
    }
    System.exit(violations == 0 ? 0 : 1);
  }

  private void run() throws IOException, InterruptedException, ExecutionException {
    diary.say("seed " + plan.seed() + ", " + plan.duration());
    try (ProcessFleet fleet = new ProcessFleet(plan.setup())) {
      fleet.start();
      diary.say("the fleet is up");
      UnaryOperator<Engine> wrap = plan.stale() ? StaleEngine::of : UnaryOperator.identity();
      try (ProcessSurroundings around = new ProcessSurroundings(fleet, plan.seed(), wrap)) {
        torture(fleet, around);
      }
    }
  }

  private void torture(ProcessFleet fleet, ProcessSurroundings around)
      throws IOException, InterruptedException, ExecutionException {
    Clients clients = on(around, () -> new Clients(around, CLIENTS));
    ProcessOperators operators = new ProcessOperators(fleet, around, plan.seed(), diary);
    Thread operating = Thread.ofPlatform().start(operators);
    Trouble trouble = new Trouble(fleet, plan.seed(), diary);
    trouble.begin();
    rage(fleet, around, clients);
    trouble.end();
    operators.end();
    operating.join();
    diary.say("faults are over: " + diary.counts());
    ProcessVerdict verdict = new ProcessVerdict(fleet, diary);
    verdict.requireHealing();
    stop(around, clients);
    verdict.readAll(clients.history());
    verdict.requireEnd();
    verdict.requireExplanation(clients, around);
  }

  private void rage(ProcessFleet fleet, ProcessSurroundings around, Clients clients)
      throws InterruptedException, ExecutionException {
    long end = System.nanoTime() + plan.duration().toNanos();
    while (System.nanoTime() - end < 0 && diary.violations().isEmpty()) {
      TimeUnit.NANOSECONDS.sleep(
          Math.min(TELL_EVERY.toNanos(), Math.max(1, end - System.nanoTime())));
      diary.say(tell(around, clients) + "; " + diary.counts());
      fleet.ended().forEach(node -> diary.violation("node " + node + " ended by itself"));
    }
  }

  private static String tell(ProcessSurroundings around, Clients clients)
      throws InterruptedException, ExecutionException {
    return on(
        around,
        () ->
            clients.history().size()
                + " calls answered, "
                + clients.history().unknown()
                + " writes unknown, "
                + clients.snapshots().size()
                + " snapshot reads");
  }

  private void stop(ProcessSurroundings around, Clients clients)
      throws InterruptedException, ExecutionException {
    on(
        around,
        () -> {
          clients.stop();
          return true;
        });
    for (int i = 0; i < 100 && !on(around, clients::isIdle); i++) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    if (!on(around, clients::isIdle)) {
      diary.violation("calls do not end within 10 s although their deadline is 3 s");
    }
    diary.say(tell(around, clients));
  }

  /// Runs `task` where the clients live, and waits for it.
  private static <T> T on(ProcessSurroundings around, Callable<T> task)
      throws InterruptedException, ExecutionException {
    FutureTask<T> future = new FutureTask<>(task);
    around.executor().execute(future);
    return future.get();
  }
}
