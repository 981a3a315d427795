using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

using Orchestrator.Api.Cluster;
using Orchestrator.Runtime;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Cluster;

/// <summary>A member that is revoked at the very moment at which it shakes hands: whoever closes what is open to it does not find it yet.</summary>
public sealed class RevokedWhileShakingHandsTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TemporaryFolder _folder = new();
    private readonly X509Certificate2 _shown;
    private readonly PeerCertificates _here;

    public RevokedWhileShakingHandsTests()
    {
        ClusterNode.FoundAuthority(_folder.Path);
        (_shown, _) = ClusterNode.CertificatesOf(_folder.Path, "n2");
        var (own, root) = ClusterNode.CertificatesOf(_folder.Path, "n1");
        _here = new PeerCertificates(own, root);
    }

    public void Dispose()
    {
        _shown.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Before_its_certificate_is_looked_at_it_is_refused()
    {
        await using var server = await StartAsync();
        Assert.True(await IsAdmittedAsync(server, static stream => stream));

        // Its hello is out, and the server has answered: what it shows comes next, and is held back here.
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var showing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var admitted = IsAdmittedAsync(server, stream => new HeldStream(stream, held.SetResult, showing.Task));
        await held.Task.WaitAsync(Patience);
        Revoke(server);
        showing.SetResult();
        Assert.False(await admitted);
    }

    [Fact]
    public async Task Between_the_look_at_its_certificate_and_the_note_that_it_is_there_it_is_refused()
    {
        await using var server = await StartAsync();
        var believed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var noting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _here.ShookHands = async () =>
        {
            believed.SetResult();
            await noting.Task;
        };
        var admitted = IsAdmittedAsync(server, static stream => stream);
        await believed.Task.WaitAsync(Patience);
        Revoke(server);
        noting.SetResult();
        Assert.False(await admitted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task As_the_one_that_is_asked_it_gets_no_answer_through(bool believed)
    {
        using var peers = new HttpPeers(new ManifestTable(), _here);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var asked = peers.ReadPaneAsync<object>(new Member("n2", 1, listener.LocalEndpoint.ToString()!, [], "1", 1), "/cluster/v1/panes/a1/output", CancellationToken.None);
        using var client = await listener.AcceptTcpClientAsync().WaitAsync(Patience);
        await using var tls = new SslStream(client.GetStream());
        if (!believed)
        {
            Revoke(peers);
        }

        var said = 0;
        try
        {
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _shown, EnabledSslProtocols = SslProtocols.Tls13, ApplicationProtocols = [SslApplicationProtocol.Http2] }).WaitAsync(Patience);
            said = await tls.ReadAsync(new byte[1024]).AsTask().WaitAsync(Patience);
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            // Hung up on.
        }

        Assert.Equal(believed, said > 0);
        if (believed)
        {
            Revoke(peers);
        }

        await Assert.ThrowsAsync<PeerUnreachableException>(() => asked).WaitAsync(Patience);
    }

    // As membership does it: first nobody believes it any more, then what is open to it is closed.
    private void Revoke(PeerServer server)
    {
        _here.Revoked = [_shown.SerialNumber];
        server.CloseRevoked();
    }

    private void Revoke(HttpPeers peers)
    {
        _here.Revoked = [_shown.SerialNumber];
        peers.CloseRevoked();
    }

    private Task<PeerServer> StartAsync() => PeerServer.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), static () => null, new ManifestTable(), _here, static _ => { });

    // Whether the server says something of HTTP/2: a client in TLS 1.3 learns only so that it was let in.
    private async Task<bool> IsAdmittedAsync(PeerServer server, Func<Stream, Stream> over)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address);
        try
        {
            await using var tls = new SslStream(over(client.GetStream()));
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "n1",
                EnabledSslProtocols = SslProtocols.Tls13,
                RemoteCertificateValidationCallback = static (_, _, _, _) => true,
                LocalCertificateSelectionCallback = (_, _, _, _, _) => _shown,
                ApplicationProtocols = [SslApplicationProtocol.Http2],
            });
            await tls.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0"u8.ToArray());
            return await tls.ReadAsync(new byte[9]).AsTask().WaitAsync(Patience) > 0;
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException)
        {
            return false;
        }
    }

    /// <summary>Holds what is written second until it is told to go on.</summary>
    private sealed class HeldStream(Stream inner, Action held, Task goOn) : Stream
    {
        private int _writes;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (++_writes == 2)
            {
                held();
                await goOn;
            }

            await inner.WriteAsync(buffer, cancellationToken);
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("only asynchronously");

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("only asynchronously");

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
