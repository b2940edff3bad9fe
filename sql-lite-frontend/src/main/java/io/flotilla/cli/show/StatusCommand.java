package io.flotilla.cli.show;

import io.flotilla.cli.shell.FleetOptions;
import io.flotilla.cli.shell.Shell;
import io.flotilla.cli.term.Human;
import io.flotilla.cli.term.JsonText;
import io.flotilla.engine.admin.Fleet;
import io.flotilla.engine.admin.FleetStatus;
import io.flotilla.engine.admin.StoreLiveness;
import io.flotilla.engine.admin.StoreStatus;
import io.flotilla.keyspace.StoreId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `flotilla status`.
@Command(
    name = "status",
    header = "The fleet at a glance: is everything there and replicated?",
    footer = {"", "Example:", "  flotilla status --connect 10.0.0.7:4100"})
public final class StatusCommand implements Runnable {
  private final Shell shell;

  @Mixin private FleetOptions fleet = new FleetOptions();

  public StatusCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public void run() {
    shell.with(fleet, engine -> print(engine.fleet()));
  }

  private void print(Fleet control) {
    FleetStatus status = control.status();
    List<StoreStatus> stores = control.stores();
    List<StoreLiveness> liveness = control.liveness();
    if (fleet.json()) {
      shell.printJson(json(status, stores, liveness));
    } else {
      shell
          .terminal()
          .out()
          .print(
              facts(status, stores, liveness)
                  + StoreText.troubles(stores)
                  + "\n"
                  + StoreText.table(stores));
    }
  }

  private static String facts(
      FleetStatus status, List<StoreStatus> stores, List<StoreLiveness> liveness) {
    return """
    cluster    %s
    stores     %d of %d up
    ranges     %s
    asleep     %s
    data       %s on disk
    placement  led by %s%s
    """
        .formatted(
            status.clusterId(),
            status.storesLive(),
            status.stores(),
            ranges(status, stores),
            LivenessText.line(liveness, up(stores)),
            Human.bytes(status.bytes()),
            status.placementLeaderStore() > 0
                ? "store " + status.placementLeaderStore()
                : "nobody at the moment",
            status.operators() > 0
                ? "; " + Human.plural(status.operators(), "change") + " of ranges under way"
                : "");
  }

  private static Set<StoreId> up(List<StoreStatus> stores) {
    return stores.stream()
        .filter(store -> store.state() == StoreStatus.State.UP)
        .map(StoreStatus::id)
        .collect(Collectors.toSet());
  }

  private static String ranges(FleetStatus status, List<StoreStatus> stores) {
    List<String> troubles = new ArrayList<>();
    if (status.leaderless() > 0) {
      troubles.add(Human.count(status.leaderless()) + " without a leader");
    }
    // The driver learns of a range from its leader; stores know how many replicas they have.
    long there = stores.stream().mapToLong(StoreStatus::ranges).max().orElse(0);
    if (there > status.ranges()) {
      troubles.add(Human.count(there - status.ranges()) + " more of which no leader is known yet");
    }
    boolean isGrowing =
        status.stores() < status.replicasWanted() && status.storesLive() == status.stores();
    if (status.underReplicated() > 0 && !isGrowing) {
      troubles.add(
          "%s with fewer than %d live replicas"
              .formatted(Human.count(status.underReplicated()), status.replicasWanted()));
    }
    String fine = "all with a leader" + (isGrowing ? onFewStores(status, stores) : onAll(status));
    return Human.count(status.ranges())
        + ", "
        + (troubles.isEmpty() ? fine : String.join(", ", troubles));
  }

  private static String onAll(FleetStatus status) {
    return " and " + Human.plural(status.replicasWanted(), "replica");
  }

  /// Nothing is wrong: the fleet is as large as somebody made it so far.
  private static String onFewStores(FleetStatus status, List<StoreStatus> stores) {
    int missing = status.replicasWanted() - status.stores();
    return "; for %s of each start %s with --join %s"
        .formatted(
            Human.plural(status.replicasWanted(), "replica"),
            missing == 1 ? "another node" : missing + " more nodes",
            stores.isEmpty() ? "HOST:PORT" : stores.getFirst().address());
  }

  private static JsonText.Properties json(
      FleetStatus status, List<StoreStatus> stores, List<StoreLiveness> liveness) {
    return JsonText.object()
        .with("clusterId", status.clusterId())
        .with("stores", status.stores())
        .with("storesLive", status.storesLive())
        .with("ranges", status.ranges())
        .with("underReplicated", status.underReplicated())
        .with("leaderless", status.leaderless())
        .with("bytes", status.bytes())
        .with("replicasWanted", status.replicasWanted())
        .with("placementLeaderStore", status.placementLeaderStore())
        .with("operators", status.operators())
        .with("storeList", stores.stream().map(StoreText::json).toList())
        .with("liveness", liveness.stream().map(LivenessText::json).toList());
  }
}
