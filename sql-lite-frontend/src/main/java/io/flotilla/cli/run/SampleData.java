package io.flotilla.cli.run;

import io.flotilla.cli.load.CsvLoad;
import io.flotilla.cli.load.CsvSource;
import io.flotilla.cli.shell.Shell;
import io.flotilla.engine.Engine;
import io.flotilla.engine.EngineException;
import io.flotilla.engine.admin.Fleet;
import io.flotilla.engine.admin.RangeStatus;
import io.flotilla.engine.admin.StoreStatus;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.StoreId;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// The bundled cities, and the ranges a demo puts them in.
final class SampleData {
  private static final String PREFIX = "city/";

  /// Country codes at which the sample falls into six parts of about the same size.
  private static final List<String> BORDERS = List.of("CO", "GB", "IT", "PH", "UA");

  private SampleData() {}

  static CsvLoad.Report load(Shell shell, Engine engine) throws IOException {
    URL resource = Objects.requireNonNull(SampleData.class.getResource("cities.csv"));
    URLConnection connection = resource.openConnection();
    try (InputStream in = connection.getInputStream()) {
      return CsvLoad.load(
          shell,
          engine,
          new CsvSource("the sample", in, connection.getContentLengthLong()),
          new CsvLoad.Columns(
              List.of("country", "city_id"), PREFIX, List.of("country", "admin_code")));
    }
  }

  static void split(Fleet fleet) {
    for (String country : BORDERS) {
      Key key = Key.of((PREFIX + country).getBytes(StandardCharsets.UTF_8));
      RangeStatus range = fleet.rangeOf(key);
      if (range.descriptor().span().canSplitAt(key)) {
        fleet.split(range.descriptor().id(), Optional.of(key));
      }
    }
  }

  /// Gives each store its share of leaders. Only for the looks of it: a range that does not want to
  /// change its leader right now keeps it.
  static void spreadLeaders(Fleet fleet) {
    List<StoreId> stores = fleet.stores().stream().map(StoreStatus::id).sorted().toList();
    List<RangeStatus> ranges = fleet.ranges();
    for (int i = 0; i < ranges.size(); i++) {
      RangeStatus range = ranges.get(i);
      StoreId store = stores.get(i % stores.size());
      boolean hasReplica = range.descriptor().replicaOn(store).isPresent();
      if (!range.descriptor().isPlacement() && hasReplica && !store.equals(range.leader())) {
        transfer(fleet, range, store);
      }
    }
  }

  private static void transfer(Fleet fleet, RangeStatus range, StoreId store) {
    try {
      fleet.transferLeader(range.descriptor().id(), store);
    } catch (EngineException refused) {
      // It keeps its leader.
    }
  }
}
