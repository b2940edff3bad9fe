package io.flotilla.sim.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// This process is node 1 and calls node 2, through what is wrong with the network.
@EnabledOnOs(OS.LINUX)
final class ProxyTest {
  private static final int IN_VAIN_MILLIS = 100;
  private static final int PATIENT_MILLIS = 20_000;

  private final Links links = new Links(2);
  private final Origins origins = new Origins();
  private ServerSocket node;
  private Proxy proxy;
  private Socket caller;
  private Socket callee;

  @BeforeEach
  void connect() throws IOException {
    origins.set(1, ProcessHandle.current().pid());
    node = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    InetSocketAddress target = new InetSocketAddress("127.0.0.1", node.getLocalPort());
    proxy = new Proxy(2, 0, target, links, origins);
    String address = proxy.address();
    int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
    caller = new Socket("127.0.0.1", port);
    callee = node.accept();
  }

  @AfterEach
  void close() throws IOException {
    caller.close();
    callee.close();
    proxy.close();
    node.close();
  }

  private static void send(Socket from, int what) throws IOException {
    from.getOutputStream().write(what);
  }

  private static int receive(Socket to) throws IOException {
    to.setSoTimeout(PATIENT_MILLIS);
    return to.getInputStream().read();
  }

  private static void receiveInVain(Socket to) throws IOException {
    to.setSoTimeout(IN_VAIN_MILLIS);
    assertThrows(SocketTimeoutException.class, () -> to.getInputStream().read());
  }

  @Test
  void bothWaysAreOpen() throws IOException {
    send(caller, 1);
    assertEquals(1, receive(callee));
    send(callee, 2);
    assertEquals(2, receive(caller));
  }

  @Test
  void whatIsSentOnAWayThatIsCutArrivesLateAndTheOtherWayIsOpen() throws IOException {
    links.cut(1, 2);
    send(caller, 1);
    send(callee, 2);
    assertEquals(2, receive(caller));
    receiveInVain(callee);
    links.heal(1, 2);
    assertEquals(1, receive(callee));
  }

  @Test
  void aCutOfOthersConcernsNobodyElse() throws IOException {
    links.cut(Links.CLIENTS, 2);
    links.cut(2, Links.CLIENTS);
    send(caller, 1);
    assertEquals(1, receive(callee));
  }

  @Test
  void whoeverIsRefusedIsSoAtOnceAndWhoeverIsThereStays() throws IOException {
    links.refuse(1, 2);
    try (Socket late = new Socket("127.0.0.1", caller.getPort())) {
      assertThrows(SocketException.class, () -> receive(late));
    }
    send(caller, 1);
    assertEquals(1, receive(callee));
  }

  @Test
  void aResetLosesWhatIsHeldUp() throws IOException {
    links.cut(1, 2);
    send(caller, 1);
    proxy.reset(Links.CLIENTS);
    receiveInVain(callee);
    proxy.reset(1);
    assertThrows(SocketException.class, () -> receive(caller));
    assertThrows(SocketException.class, () -> receive(callee));
  }
}
