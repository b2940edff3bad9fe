package io.flotilla.engine.node;

import static io.flotilla.engine.node.LocalFleet.bytes;
import static io.flotilla.engine.node.LocalFleet.key;
import static io.flotilla.engine.node.LocalFleet.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flotilla.engine.Engine;
import io.flotilla.engine.EngineException;
import io.flotilla.engine.EngineOptions;
import io.flotilla.engine.RejectedException;
import io.flotilla.engine.TlsFiles;
import io.flotilla.engine.UnavailableException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A fleet that speaks TLS: its own get along, nobody else gets in.
@Timeout(value = 240, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TlsFleetIT {
  private static final EngineOptions PLAIN = new EngineOptions(Duration.ofSeconds(60));

  @TempDir private Path folder;
  private TestCertificates certificates;
  private LocalFleet fleet;

  @BeforeEach
  void startFirst() {
    certificates = new TestCertificates(folder.resolve("ours"));
    TlsFiles ofNodes = certificates.issue("node");
    Path there = ofNodes.ca().getParent();
    fleet = new LocalFleet(folder, Map.of("tls-dir", String.valueOf(there)));
    fleet.add();
  }

  @AfterEach
  void stop() {
    fleet.close();
  }

  private String address() {
    return fleet.node(0).address();
  }

  @Test
  void threeNodesReplicateAndServe() {
    fleet.add();
    fleet.add();
    EngineOptions options = PLAIN.withTls(certificates.issue("client"));
    try (Engine client = Engine.connect(address(), options)) {
      for (int i = 0; i < 200; i++) {
        client.put(key(i), bytes("v" + i));
      }
      fleet.awaitReplicas(client, 3);
      fleet.node(0).close();
      for (int i = 0; i < 200; i++) {
        assertEquals("v" + i, text(client.get(key(i))));
      }
    }
  }

  private static void assertTurnedAway(String address, EngineOptions options, String reason) {
    EngineException failure =
        assertThrows(
            UnavailableException.class, () -> FleetClient.connect(address, options).close());
    assertTrue(failure.getMessage().contains(reason), failure.getMessage());
    assertEquals(1, failure.getMessage().lines().count());
  }

  @Test
  void strangersAreToldWhyAtOnce() {
    assertTurnedAway(address(), PLAIN, "speaks TLS alone");
    TestCertificates others = new TestCertificates(folder.resolve("others"));
    assertTurnedAway(
        address(), PLAIN.withTls(others.issue("client")), "not of our authority (ca.pem)");
    TlsFiles nothing = TlsFiles.in(folder.resolve("nothing"));
    assertThrows(
        RejectedException.class, () -> FleetClient.connect(address(), PLAIN.withTls(nothing)));
    try (Node plain =
        Node.start(NodeConfig.of(folder.resolve("plain")).withListen("127.0.0.1:0"))) {
      assertTurnedAway(
          plain.address(), PLAIN.withTls(certificates.issue("b")), "does not speak TLS");
    }
  }

  @Test
  void aNodeWithoutTheRightCertificateCannotJoin() {
    TestCertificates others = new TestCertificates(folder.resolve("others"));
    NodeConfig stranger =
        NodeConfig.of(folder.resolve("stranger"))
            .withListen("127.0.0.1:0")
            .withJoin(List.of(address()));
    NodeStartException plain =
        assertThrows(NodeStartException.class, () -> Node.start(stranger).close());
    assertTrue(plain.getMessage().contains("speaks TLS alone"), plain.getMessage());
    NodeStartException foreign =
        assertThrows(
            NodeStartException.class,
            () -> Node.start(stranger.withTls(others.issue("node"))).close());
    assertTrue(foreign.getMessage().contains("not of our authority"), foreign.getMessage());
    NodeStartException missing =
        assertThrows(
            NodeStartException.class,
            () -> Node.start(stranger.withTls(TlsFiles.in(folder.resolve("nothing")))).close());
    assertTrue(missing.getMessage().contains("there is no such file"), missing.getMessage());
    try (Node joined = Node.start(stranger.withTls(certificates.issue("late")))) {
      assertEquals(fleet.node(0).clusterId(), joined.clusterId());
    }
  }
}
