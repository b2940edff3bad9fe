package io.flotilla.cli.show;

import static java.util.Locale.ROOT;

import io.flotilla.cli.term.Human;
import io.flotilla.cli.term.JsonText;
import io.flotilla.cli.term.Table;
import io.flotilla.engine.admin.StoreStatus;
import java.time.Duration;
import java.util.List;

/// Stores as a table and as JSON.
final class StoreText {
  private StoreText() {}

  static String table(List<StoreStatus> stores) {
    Table table =
        new Table()
            .right("STORE")
            .left("ADDRESS")
            .left("STATE")
            .right("RANGES")
            .right("LEADERS")
            .right("SIZE")
            .right("FREE")
            .right("SEEN")
            .left("VERSION")
            .left("DURABILITY");
    for (StoreStatus store : stores) {
      table.row(
          store.id(),
          store.address(),
          state(store),
          Human.count(store.ranges()),
          Human.count(store.leaders()),
          Human.bytes(store.bytes()),
          free(store),
          Human.duration(Duration.ofMillis(store.lastSeenMillis())) + " ago",
          store.version(),
          store.durability());
    }
    return table.render();
  }

  /// A store that has not reported yet has said nothing of its disk.
  private static String free(StoreStatus store) {
    boolean isRoomy = store.disk() == StoreStatus.Disk.ROOMY;
    return isRoomy && store.freeBytes() == 0
        ? "-"
        : Human.bytes(store.freeBytes()) + (isRoomy ? "" : " " + disk(store).toUpperCase(ROOT));
  }

  /// What is to be said of stores that are gone and disks without room; empty: nothing.
  static String troubles(List<StoreStatus> stores) {
    StringBuilder troubles = new StringBuilder();
    for (StoreStatus store : stores) {
      troubles.append(standing(store));
      if (store.disk() != StoreStatus.Disk.ROOMY) {
        troubles
            .append(
                "disk       store %s is %s (%s free): "
                    .formatted(
                        store.id(),
                        store.disk() == StoreStatus.Disk.LOW ? "nearly full" : "full",
                        Human.bytes(store.freeBytes())))
            .append(
                store.disk() == StoreStatus.Disk.EXHAUSTED
                    ? "it refuses all writes; free some room on it\n"
                    : "it refuses writes that add data; free some room on it or delete data\n");
      }
    }
    return troubles.toString();
  }

  private static String standing(StoreStatus store) {
    if (store.ranges() == 0) {
      return "";
    }
    return switch (store.state()) {
      case UP, DOWN, REMOVED -> "";
      case DEAD ->
          "dead       store %s was last seen %s ago, %s to replace: start it, or a new one\n"
              .formatted(
                  store.id(),
                  Human.duration(Duration.ofMillis(store.lastSeenMillis())),
                  Human.plural(store.ranges(), "replica"));
      case LEAVING ->
          "leaving    store %s has %s left; then its node may be stopped\n"
              .formatted(store.id(), Human.plural(store.ranges(), "replica"));
    };
  }

  private static String disk(StoreStatus store) {
    return store.disk().name().toLowerCase(ROOT);
  }

  private static String state(StoreStatus store) {
    return store.state().name().toLowerCase(ROOT);
  }

  static JsonText.Properties json(StoreStatus store) {
    return JsonText.object()
        .with("id", store.id().value())
        .with("address", store.address())
        .with("state", state(store))
        .with("ranges", store.ranges())
        .with("leaders", store.leaders())
        .with("bytes", store.bytes())
        .with("freeBytes", store.freeBytes())
        .with("disk", disk(store))
        .with("lastSeenMillis", store.lastSeenMillis())
        .with("version", store.version())
        .with("durability", store.durability());
  }
}
