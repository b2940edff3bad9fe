package io.flotilla.transport.request;

import io.flotilla.transport.tls.TestAuthority;
import io.flotilla.transport.tls.Tls;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// Requests over TLS fare no other way.
class TlsRequestTest extends RequestTest {
  @TempDir private Path folder;
  private TestAuthority authority;

  @BeforeEach
  void found() {
    authority = new TestAuthority(folder, "fleet");
  }

  @Override
  Tls tls() {
    return authority.member();
  }
}
