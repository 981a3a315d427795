using System.Net.Sockets;

namespace Orchestrator.Benchmarks.Cluster;

/// <summary>A socket between a member and its PostgreSQL that counts what goes over it, both ways.</summary>
internal sealed class CountedLine : IDisposable
{
    private const string SocketName = ".s.PGSQL.5432";
    private readonly CancellationTokenSource _closed = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _server;
    private long _bytes;

    /// <summary>Listens in <paramref name="folder"/>, for the server whose socket is in the folder <paramref name="server"/>.</summary>
    public CountedLine(string folder, string server)
    {
        (Folder, _server) = (folder, server);
        _listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder, SocketName)));
        _listener.Listen();
        _ = Task.Run(AcceptAsync);
    }

    /// <summary>The host to connect to.</summary>
    public string Folder { get; }

    /// <summary>What has gone over it so far.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public void Dispose()
    {
        _closed.Cancel();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_closed.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptAsync(_closed.Token);
                var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await server.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(_server, SocketName)), _closed.Token);
                _ = Task.WhenAll(PassAsync(client, server), PassAsync(server, client));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException && _closed.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task PassAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _closed.Token) is > 0 and var count)
            {
                Interlocked.Add(ref _bytes, count);
                await to.SendAsync(buffer.AsMemory(0, count), _closed.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One side has gone: so does the other.
        }
        finally
        {
            from.Dispose();
            to.Dispose();
        }
    }
}
