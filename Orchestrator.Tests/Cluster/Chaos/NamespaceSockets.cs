using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Orchestrator.Tests.Cluster.Chaos;

/// <summary>Sockets of this process that lie in another network namespace: a socket stays in the one of the thread that makes it.</summary>
internal static class NamespaceSockets
{
    private const int NetworkNamespace = 0x4000_0000;

    /// <summary>Carries requests that begin in the namespace that <paramref name="file"/> names.</summary>
    public static SocketsHttpHandler Handler(string file) => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        ConnectCallback = async (context, cancellation) =>
        {
            var socket = await OpenAsync(file);
            try
            {
                await socket.ConnectAsync(IPAddress.Parse(context.DnsEndPoint.Host), context.DnsEndPoint.Port, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    // The thread ends with it, so nothing else is ever done in that namespace.
    private static Task<Socket> OpenAsync(string file)
    {
        var opened = new TaskCompletionSource<Socket>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                using var handle = File.OpenHandle(file);
                opened.SetResult(Enter((int)handle.DangerousGetHandle(), NetworkNamespace) == 0
                    ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
                    : throw new SocketException(Marshal.GetLastPInvokeError(), new Win32Exception().Message));
            }
            catch (Exception e) when (e is IOException or SocketException or UnauthorizedAccessException)
            {
                opened.SetException(e);
            }
        })
        { IsBackground = true }.Start();
        return opened.Task;
    }

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Enter(int descriptor, int kind);
}
