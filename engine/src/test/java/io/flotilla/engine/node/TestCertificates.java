package io.flotilla.engine.node;

import io.flotilla.engine.TlsFiles;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;

/// Folders with certificates of one authority, as an operator would lay them out.
final class TestCertificates {
  private final Path folder;
  private final X509Bundle authority;

  /// @param folder made, with a folder in it for each member
  TestCertificates(Path folder) {
    this.folder = folder;
    try {
      authority =
          new CertificateBuilder()
              .subject("CN=" + folder.getFileName())
              .ecp256()
              .setIsCertificateAuthority(true)
              .buildSelfSigned();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  TlsFiles issue(String name) {
    try {
      X509Bundle member =
          new CertificateBuilder().subject("CN=" + name).ecp256().buildIssuedBy(authority);
      TlsFiles files = TlsFiles.in(Files.createDirectories(folder.resolve(name)));
      Files.writeString(files.ca(), authority.getCertificatePEM());
      Files.writeString(files.certificate(), member.getCertificatePathPEM());
      Files.writeString(files.key(), member.getPrivateKeyPEM());
      return files;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
