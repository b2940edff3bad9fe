package io.flotilla.transport.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What was read from the files, checked: an end that would be turned away everywhere had better
/// hear it from its own side, at its start.
///
/// @param chain the own certificate first
record Credentials(List<X509Certificate> authorities, List<X509Certificate> chain, PrivateKey key) {
  static Credentials read(PemFiles files) {
    return new Credentials(
        Pem.certificates(files.ca()), Pem.certificates(files.certificate()), Pem.key(files.key()));
  }

  /// @throws TlsException if the key is another certificate's, or the certificate is not one of the
  ///   authority's, or not of today
  Credentials check(PemFiles files, Instant now) {
    if (!isPair()) {
      throw new TlsException(
          files.key() + ": is not the private key of the certificate in " + files.certificate());
    }
    try {
      CertPath path = CertificateFactory.getInstance("X.509").generateCertPath(chain);
      Set<TrustAnchor> anchors = new LinkedHashSet<>();
      authorities.forEach(authority -> anchors.add(new TrustAnchor(authority, null)));
      PKIXParameters parameters = new PKIXParameters(anchors);
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(now));
      CertPathValidator.getInstance("PKIX").validate(path, parameters);
    } catch (CertPathValidatorException invalid) {
      throw new TlsException(files.certificate() + ": " + fault(invalid, files), invalid);
    } catch (GeneralSecurityException e) {
      throw new TlsException(files.certificate() + ": cannot be used: " + e.getMessage(), e);
    }
    return this;
  }

  private String fault(CertPathValidatorException invalid, PemFiles files) {
    int index = Math.max(0, invalid.getIndex());
    X509Certificate bad = chain.get(Math.min(index, chain.size() - 1));
    if (invalid.getReason() == BasicReason.EXPIRED) {
      return "the certificate expired at "
          + bad.getNotAfter().toInstant()
          + "; issue a new one, or set the clock";
    }
    if (invalid.getReason() == BasicReason.NOT_YET_VALID) {
      return "the certificate is valid from "
          + bad.getNotBefore().toInstant()
          + " only; wait, or set the clock";
    }
    return "the certificate does not lead to the authority in "
        + files.ca()
        + " ("
        + invalid.getMessage()
        + "); use the certificate that this authority issued, with those in between behind it";
  }

  private boolean isPair() {
    byte[] text = {'f', 'l', 'o', 't'};
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> key.getAlgorithm();
        };
    try {
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(key);
      signer.update(text);
      byte[] signature = signer.sign();
      Signature verifier = Signature.getInstance(algorithm);
      verifier.initVerify(chain.getFirst().getPublicKey());
      verifier.update(text);
      return verifier.verify(signature);
    } catch (GeneralSecurityException anotherKind) {
      return false;
    }
  }
}
