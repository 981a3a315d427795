using System.Net;
using System.Net.Sockets;

namespace Orchestrator.Tests.Postgres;

/// <summary>Stands between a store and its database and can cut a connection once the server has answered, before the answer arrives.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _socket;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;
    private volatile int _cut;
    private volatile TaskCompletionSource _severed = new();

    public CuttingProxy(string socket)
    {
        _socket = socket;
        _severed.SetResult();
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>From now on nothing passes, in either direction, and nobody is told: what is sent arrives when it is mended.</summary>
    public void Sever() => _severed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Everything passes again.</summary>
    public void Mend() => _severed.TrySetResult();

    /// <summary>How many answers were held back.</summary>
    public int Cuts { get; private set; }

    /// <summary>The next answer that ends a transaction is not handed on: both ends of its connection are closed instead.</summary>
    public void CutNextAnswer() => _cut = 1;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            _ = ServeAsync(await _listener.AcceptSocketAsync(_stopping.Token));
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using (client)
        {
            await _severed.Task.WaitAsync(_stopping.Token);
            await server.ConnectAsync(new UnixDomainSocketEndPoint(_socket), _stopping.Token);
            await Task.WhenAny(PumpAsync(client, server, answers: false), PumpAsync(server, client, answers: true));
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool answers)
    {
        var buffer = new byte[64 * 1024];
        var holding = false;
        while (true)
        {
            var count = await from.ReceiveAsync(buffer, _stopping.Token);
            await _severed.Task.WaitAsync(_stopping.Token);
            if (count == 0)
            {
                return;
            }

            holding |= answers && Interlocked.Exchange(ref _cut, 0) == 1;
            if (holding)
            {
                // Ready for the next query: what came before is committed.
                if (buffer.AsSpan(0, count).IndexOf("Z\0\0\0\u0005I"u8) >= 0)
                {
                    Cuts++;
                    return;
                }

                continue;
            }

            await to.SendAsync(buffer.AsMemory(0, count), _stopping.Token);
        }
    }
}
