package io.flotilla.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// The borders of DESIGN §1, between packages. The borders between modules are Maven's.
final class ArchitectureTest {
  private static final JavaClasses HOUSE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(location -> !location.contains("test-classes"))
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("io.flotilla");

  /// What the simulation runs, and what must therefore be the same on every host and in every run.
  private static final String[] DETERMINISTIC = {
    "io.flotilla.keyspace..",
    "io.flotilla.raft..",
    "io.flotilla.replica..",
    "io.flotilla.store..",
    "io.flotilla.spi..",
    "io.flotilla.codec..",
    "io.flotilla.placement..",
  };

  private static final List<String> RANGE_RAFT =
      List.of("keyspace", "raft", "spi", "codec", "replica", "store");

  @Test
  void arrowsPointDown() {
    arrows().pointDown().check(HOUSE);
  }

  @Test
  void packagesHaveNoCycles() {
    arrows().haveNoCycles("io.flotilla.engine.Engines").check(HOUSE);
  }

  @Test
  void onlyEngineRocksMeetsRocksDb() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.flotilla.engine.rocks..", "io.flotilla.bench..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.rocksdb..")
        .because("a port of io.flotilla.spi stands between; engine.rocks implements it")
        .check(HOUSE);
  }

  @Test
  void nettyStaysAtTheEdge() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.flotilla.transport..",
            "io.flotilla.sql.pgwire..",
            "io.flotilla.console..",
            "io.flotilla.bench..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.netty..")
        .because("the network is a port: io.flotilla.spi.PeerNetwork")
        .check(HOUSE);
  }

  @Test
  void simulatedCodeIsDeterministic() {
    classes()
        .that()
        .resideInAnyPackage(DETERMINISTIC)
        .and(DescribedPredicate.describe("are not generated", type -> !isGenerated(type)))
        .should(Determinism.leaveNothingToTheHost())
        .allowEmptyShould(true)
        .check(HOUSE);
  }

  @Test
  void onlyBlockingEngineWaitsForFutures() {
    noClasses()
        .that(
            DescribedPredicate.describe(
                "are not BlockingEngine", type -> !type.getSimpleName().equals("BlockingEngine")))
        .should()
        .callMethod(CompletableFuture.class, "join")
        .because("a caller that must wait goes through BlockingEngine; all others compose")
        .check(HOUSE);
  }

  @Test
  void optionalIsForReturning() {
    noFields()
        .should()
        .haveRawType(Optional.class)
        .because("a component that may be absent is @Nullable, its meaning in the doc")
        .check(HOUSE);
  }

  private static PackageArrows arrows() {
    Map<String, List<String>> allowed = new TreeMap<>();
    allowed.put("keyspace", List.of());
    allowed.put("raft", List.of("keyspace"));
    allowed.put("spi", List.of("keyspace", "raft"));
    allowed.put("codec", List.of("keyspace", "raft", "spi"));
    allowed.put("replica", List.of("keyspace", "raft", "spi", "codec"));
    allowed.put("store", RANGE_RAFT);
    allowed.put("transport", List.of("keyspace", "raft", "spi", "codec"));
    allowed.put("placement", List.of("keyspace", "raft", "spi", "codec", "replica"));
    allowed.put("engine!", with(RANGE_RAFT, "engine", "transport", "placement"));
    allowed.put("engine.rocks", List.of("keyspace", "raft", "spi", "codec"));
    allowed.put("engine", with(RANGE_RAFT, "engine", "transport", "placement"));
    List<String> front = List.of("engine!", "engine.admin", "engine.node", "keyspace");
    allowed.put("cli", front);
    allowed.put("console", front);
    allowed.put("sql", front);
    allowed.put("bench", with(RANGE_RAFT, "engine", "transport", "placement", "sql", "cli"));
    return new PackageArrows("io.flotilla", allowed);
  }

  private static List<String> with(List<String> some, String... more) {
    return java.util.stream.Stream.concat(some.stream(), java.util.Arrays.stream(more)).toList();
  }

  private static boolean isGenerated(JavaClass type) {
    return type.getPackageName().endsWith(".proto")
        || type.isAnnotatedWith("com.google.protobuf.Generated");
  }
}
