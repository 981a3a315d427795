#!/usr/bin/perl
# Usage: painter.pl HZ BYTES SECONDS
# Shows a line and is silent until SIGUSR1 comes. Then paints BYTES of screen HZ times a second, and changes between RESTS and WORKS every SECONDS on average;
# the first line says when it changed, in seconds since 1970.
use strict;
use warnings;
use Time::HiRes qw(time sleep);

my ($rate, $bytes, $pause) = @ARGV;
my $painting = 0;
$SIG{USR1} = sub { $painting = 1 };
$| = 1;
my ($state, $since, $frame) = ('RESTS', time, 0);
my $next = 0;
print "\e[2J";
paint();
sleep 3600 until $painting;
$next = time + $pause * (0.5 + rand);
while (1) {
    my $begun = time;
    if ($begun >= $next) {
        ($state, $since) = ($state eq 'RESTS' ? 'WORKS' : 'RESTS', $begun);
        $next = $begun + $pause * (0.5 + rand);
    }
    paint();
    my $rest = $begun + 1 / $rate - time;
    sleep $rest if $rest > 0;
}

sub paint {
    my $first = sprintf "%s since %.6f", $state, $since;
    my $text = "\e[H\e[2K$first\r\n";
    $frame++;
    while (length $text < $bytes) {
        $text .= "\e[2K" . substr("frame $frame " . '.:' x 40, 0, 72) . "\r\n";
    }
    syswrite STDOUT, $text;
}
