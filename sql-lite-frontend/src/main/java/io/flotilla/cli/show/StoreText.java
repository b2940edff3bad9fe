package io.flotilla.cli.show;

import io.flotilla.cli.term.Human;
import io.flotilla.cli.term.JsonText;
import io.flotilla.cli.term.Table;
import io.flotilla.engine.admin.StoreStatus;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

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
          Human.duration(Duration.ofMillis(store.lastSeenMillis())) + " ago",
          store.version(),
          store.durability());
    }
    return table.render();
  }

  private static String state(StoreStatus store) {
    return store.state().name().toLowerCase(Locale.ROOT);
  }

  static JsonText.Properties json(StoreStatus store) {
    return JsonText.object()
        .with("id", store.id().value())
        .with("address", store.address())
        .with("state", state(store))
        .with("ranges", store.ranges())
        .with("leaders", store.leaders())
        .with("bytes", store.bytes())
        .with("lastSeenMillis", store.lastSeenMillis())
        .with("version", store.version())
        .with("durability", store.durability());
  }
}
